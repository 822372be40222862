//! Dropout in dfdx's primitives: a product with the mask. Runs on any device.

use dfdx::prelude::*;

use super::Mask;

/// y = x · (m / (1 - p))
pub(super) fn dropout<S: Shape, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    input: Tensor<S, E, D, T>,
    mask: Mask,
) -> Result<Tensor<S, E, D, T>, D::Err> {
    let shape = *input.shape();
    let scale = E::from_f64(mask.scale()).expect("a floating-point type holds every number");
    let elements = shape.num_elements();
    let mut factors: Vec<E> = (0..elements.div_ceil(4) as u64)
        .flat_map(|index| mask.stays(index))
        .map(|stays| if stays { scale } else { E::default() })
        .collect();
    factors.truncate(elements);
    let factors = input.device().try_tensor_from_vec(factors, shape)?;
    input.try_mul(factors)
}
