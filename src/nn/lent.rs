//! Storage that dfdx lends, on any device.
//!
//! dfdx shows the storage of a tensor to nobody, but that of a gradient to those who take part in a backward pass. And a
//! gradient of any value can be brought about anywhere: that of Σ w x for w is x, exactly.

use dfdx::prelude::*;

/// Leaves x in the gradient of w, in the tape's gradients.
pub(crate) fn gradient_of_product<E: Dtype, D: Device<E>>(
    w: Tensor<(usize,), E, D, OwnedTape<E, D>>,
    x: Tensor<(usize,), E, D>,
) -> Result<Gradients<E, D>, D::Err> {
    w.try_mul(x)?.try_sum::<Rank0, _>()?.try_backward()
}

/// Elements of one shape in storage that can be read and written.
#[cfg(any(test, feature = "cuda"))]
pub(crate) struct Lent<S: Shape, E: Dtype, D: Device<E>> {
    /// Whose gradient they are.
    owner: Tensor<S, E, D>,
    gradients: Gradients<E, D>,
}

#[cfg(any(test, feature = "cuda"))]
impl<S: Shape, E: Dtype, D: Device<E>> Lent<S, E, D> {
    /// Zeros.
    ///
    /// # Errors
    /// When the device cannot hold them.
    pub(crate) fn zeros(device: &D, shape: S) -> Result<Self, D::Err> {
        let mut gradients = Gradients::leaky();
        let owner = device.try_zeros_like(&shape)?;
        gradients.get_or_alloc_mut(&owner)?;
        Ok(Self { owner, gradients })
    }

    /// The elements of a tensor, in the order of its shape.
    ///
    /// # Errors
    /// When the device cannot hold them.
    pub(crate) fn copy_of(tensor: &Tensor<S, E, D>) -> Result<Self, D::Err> {
        let elements = (tensor.shape().num_elements(),);
        let owner: Tensor<S, E, D> = tensor.device().try_zeros_like(tensor.shape())?;
        // Of one identity with its owner, because nothing moves.
        let vector = owner.leaky_trace().try_reshape_like(&elements)?;
        let gradients = gradient_of_product(vector, tensor.clone().try_reshape_like(&elements)?)?;
        Ok(Self { owner, gradients })
    }

    /// The storage.
    ///
    /// # Errors
    /// None: there is something to lend.
    pub(crate) fn storage(&mut self) -> Result<&mut <D as Storage<E>>::Vec, D::Err> {
        self.gradients.get_or_alloc_mut(&self.owner)
    }

    /// A tensor of the elements.
    pub(crate) fn tensor(&self) -> Tensor<S, E, D> {
        self.gradients.get(&self.owner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::testing::{TestDevice, cosines};

    #[test]
    fn a_copy_has_the_bits_of_the_tensor_in_the_order_of_its_shape() {
        let device = TestDevice::default();
        let x: Tensor<Rank2<3, 4>, f32, _> = device.tensor_from_vec(cosines(12, 1), (Const, Const));
        let x: Tensor<Rank2<4, 3>, f32, _> = x.permute();
        assert_eq!(Lent::copy_of(&x).unwrap().tensor().as_vec(), x.as_vec());
        let odd = device.tensor([f32::INFINITY, f32::NAN, -0.0, 0.0]);
        let copy = Lent::copy_of(&odd).unwrap().tensor().array();
        assert_eq!(copy.map(f32::to_bits)[..1], odd.array().map(f32::to_bits)[..1]);
        assert!(copy[1].is_nan());
        assert_eq!(copy[2..], [0.0, 0.0]);
    }

    #[test]
    fn what_is_written_is_in_the_tensor() {
        let mut lent: Lent<_, f32, Cpu> = Lent::zeros(&Cpu::default(), (2, 3)).unwrap();
        assert_eq!(lent.tensor().as_vec(), [0.0; 6]);
        lent.storage().unwrap()[4] = 2.0;
        assert_eq!(lent.tensor().as_vec(), [0.0, 0.0, 0.0, 0.0, 2.0, 0.0]);
    }
}
