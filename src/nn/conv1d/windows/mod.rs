//! What lies under each kernel of a convolution, side by side in memory: what a product with the weights needs where
//! there is none for overlapping rows.

mod composed;
#[cfg(feature = "cuda")]
mod cuda;

use dfdx::prelude::*;

use super::Signals;

/// A row for each window, `[batch T, K I]`.
pub type Windows<E, D, T> = Tensor<(usize, usize), E, D, T>;

/// A device that lays windows of signals side by side.
pub trait WindowsKernel<E: Dtype>: Device<E> {
    /// x[t + k - P, i] for each t, zero beyond both ends: `[batch, L, I]` to `[batch T, K I]`, with
    /// T = L + 2P - K + 1.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    ///
    /// # Panics
    /// If the padded signal is shorter than a kernel.
    fn windows<const I: usize, const K: usize, const P: usize, T: Tape<E, Self>>(
        input: Signals<I, E, Self, T>,
    ) -> Result<Windows<E, Self, T>, Self::Err>;
}

macro_rules! composed {
    ($($D:ty, $E:ty);*) => {$(
        impl WindowsKernel<$E> for $D {
            fn windows<const I: usize, const K: usize, const P: usize, T: Tape<$E, Self>>(
                input: Signals<I, $E, Self, T>,
            ) -> Result<Windows<$E, Self, T>, Self::Err> {
                composed::windows::<I, K, P, $E, Self, T>(input)
            }
        }
    )*};
}
composed!(Cpu, f32; Cpu, f64);
#[cfg(feature = "cuda")]
composed!(Cuda, f64);

#[cfg(feature = "cuda")]
impl WindowsKernel<f32> for Cuda {
    fn windows<const I: usize, const K: usize, const P: usize, T: Tape<f32, Self>>(
        input: Signals<I, f32, Self, T>,
    ) -> Result<Windows<f32, Self, T>, Self::Err> {
        cuda::windows::<I, K, P, T>(input)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::emulation::{Input, answer};
    use crate::nn::testing::{assert_close, scattered, weighted_sum};

    /// Windows, and the gradient of the signals.
    fn kernels_agree<const K: usize, const P: usize>(length: usize) {
        const BATCH: usize = 3;
        const I: usize = 4;
        let outputs = length + 2 * P + 1 - K;
        let values: Vec<f32> = scattered(BATCH * length * I);
        let d_windows: Vec<f32> = scattered::<f32>(BATCH * outputs * K * I + 7).split_off(7);
        let x: Signals<I, f32, Cpu> = Cpu::default().tensor_from_vec(values.clone(), (BATCH, length, Const));
        let windows = Cpu::windows::<I, K, P, _>(x.leaky_trace()).unwrap();
        let expected = windows.as_vec();
        let gradients = weighted_sum(windows, d_windows.clone()).backward();

        let input =
            Input::default().ints(&[BATCH, length, I, outputs, K, P]).floats(&values).floats(&d_windows);
        let answer = answer("windows", 0, &input);
        let (windows, d_x) = answer.split_at(expected.len());
        assert_eq!(windows, expected);
        assert_close(d_x, &gradients.get(&x).as_vec(), 1e-6, "dx");
    }

    #[test]
    fn the_kernels_lay_windows_as_the_composed_steps_do() {
        kernels_agree::<3, 1>(10);
        kernels_agree::<5, 2>(7);
        kernels_agree::<3, 0>(4);
        kernels_agree::<1, 0>(5);
        kernels_agree::<5, 4>(1);
    }
}
