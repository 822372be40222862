//! Whether all that a training moves is finite.
//!
//! A loss can be finite and its gradient not; a running variance that has become infinite makes every later output 0. So
//! after a step the numbers that stay are looked at: weights, running statistics, and Adam's v. Where v is finite, the
//! gradients that went into it were, and m is.

use dfdx::prelude::*;

use super::Adam;

/// The first number that is not finite, of each of `runs` equal parts of a network's tensors: what it is, where, and which.
pub(crate) fn not_finite<M: TensorCollection<f32, D>, D: Device<f32>>(
    network: &M,
    adam: &Adam<D>,
    runs: usize,
) -> Vec<Option<String>> {
    let mut look = Look { adam, found: vec![None; runs] };
    let Ok(_) = M::iter_tensors(&mut RecursiveWalker { m: (network, String::new()), f: &mut look });
    look.found
}

struct Look<'a, D: Device<f32>> {
    adam: &'a Adam<D>,
    found: Vec<Option<String>>,
}

impl<D: Device<f32>> Look<'_, D> {
    fn look(&mut self, what: &str, name: &str, values: &[f32]) {
        let size = (values.len() / self.found.len()).max(1);
        for (found, values) in self.found.iter_mut().zip(values.chunks_exact(size)) {
            // Without an early end, so that it is done in vector instructions.
            if found.is_none() && !values.iter().fold(true, |all, value| all & value.is_finite()) {
                let first = values.iter().enumerate().find(|(_, value)| !value.is_finite());
                *found = first.map(|(element, value)| format!("{value} in {what}{name}, element {element}"));
            }
        }
    }
}

impl<D: Device<f32>> TensorVisitor<f32, D> for Look<'_, D> {
    type Viewer = (ViewTensorRef, ViewTensorName);
    type Err = std::convert::Infallible;
    type E2 = f32;
    type D2 = D;

    fn visit<S: Shape>(
        &mut self,
        options: TensorOptions<S, f32, D>,
        (tensor, name): (&Tensor<S, f32, D>, String),
    ) -> Result<Option<Tensor<S, f32, D>>, Self::Err> {
        if options.do_gradient_update {
            self.look("the squared gradients of ", &name, &self.adam.second_moment(tensor));
        }
        self.look("", &name, &tensor.as_vec());
        Ok(None)
    }
}
