//! Dropout in dfdx's primitives: a product with the masks. Runs on any device.

use dfdx::prelude::*;

use super::Mask;
use crate::nn::Rows;

/// y = x · (m / (1 - p))
pub(super) fn dropout<N: Dim, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    input: Rows<N, E, D, T>,
    masks: &[Mask],
) -> Result<Rows<N, E, D, T>, D::Err> {
    let shape = *input.shape();
    let elements = shape.1 * shape.2.size();
    let mut factors: Vec<E> = Vec::with_capacity(masks.len() * elements);
    for (run, mask) in masks.iter().enumerate() {
        let scale = E::from_f64(mask.scale()).expect("a floating-point type holds every number");
        let bits = (0..elements.div_ceil(4) as u64).flat_map(|index| mask.bits(index));
        factors.extend(bits.map(|bits| if bits < mask.threshold { E::default() } else { scale }));
        factors.truncate((run + 1) * elements);
    }
    let factors = input.device().try_tensor_from_vec(factors, shape)?;
    input.try_mul(factors)
}
