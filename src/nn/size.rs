//! Sizes that are known when the program runs.

use dfdx::prelude::*;

/// A dimension whose size is known when the program runs: the runs of a stack always, every other where a network is not the
/// paper's, whose sizes are [`Const`]s.
///
/// dfdx wants to know each dimension of a module's tensors when it is compiled. This one counts as 0 then, so dfdx's
/// `build_module` would make tensors without elements: layers are made by their `new`, and
/// `Linear`, `Lstm` and `Conv1d` leave their weights as they are when dfdx's `reset_params` visits
/// them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size(
    /// How many.
    pub usize,
);

impl Dim for Size {
    fn size(&self) -> usize {
        self.0
    }

    fn from_size(size: usize) -> Option<Self> {
        Some(Self(size))
    }
}

impl ConstDim for Size {
    const SIZE: usize = 0;
}
