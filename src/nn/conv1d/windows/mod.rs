//! The values under each kernel of a convolution, side by side in memory. A product with the weights needs them where no product
//! for overlapping rows exists.

mod composed;
#[cfg(feature = "cuda")]
mod cuda;

use dfdx::prelude::*;

use super::Signals;

/// A row for each window, `[runs batch L, K I]`.
pub type Windows<E, D, T> = Tensor<(usize, usize), E, D, T>;

/// A device that lays windows of signals side by side.
pub trait WindowsKernel<E: Dtype>: Device<E> {
    /// x[t + k - (K - 1) / 2, i] for each t, zero beyond both ends: `[runs, batch, L, I]` to `[runs batch L, K I]`, for an odd
    /// K = `width`.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    fn windows<I: Dim, T: Tape<E, Self>>(
        input: Signals<I, E, Self, T>,
        width: usize,
    ) -> Result<Windows<E, Self, T>, Self::Err>;
}

macro_rules! composed {
    ($($D:ty, $E:ty);*) => {$(
        impl WindowsKernel<$E> for $D {
            fn windows<I: Dim, T: Tape<$E, Self>>(
                input: Signals<I, $E, Self, T>,
                width: usize,
            ) -> Result<Windows<$E, Self, T>, Self::Err> {
                composed::windows(input, width)
            }
        }
    )*};
}
composed!(Cpu, f32; Cpu, f64);
#[cfg(feature = "cuda")]
composed!(Cuda, f64);

#[cfg(feature = "cuda")]
impl WindowsKernel<f32> for Cuda {
    fn windows<I: Dim, T: Tape<f32, Self>>(
        input: Signals<I, f32, Self, T>,
        width: usize,
    ) -> Result<Windows<f32, Self, T>, Self::Err> {
        cuda::windows(input, width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Size;
    use crate::nn::emulation::{Input, answer};
    use crate::nn::testing::{assert_close, scattered, weighted_sum};

    /// Windows, and the gradient of the signals.
    fn kernels_agree(width: usize, length: usize) {
        const SIGNALS: usize = 6;
        const I: usize = 4;
        let values: Vec<f32> = scattered(SIGNALS * length * I);
        let d_windows: Vec<f32> = scattered::<f32>(SIGNALS * length * width * I + 7).split_off(7);
        let shape = (Size(2), SIGNALS / 2, length, Const::<I>);
        let x = Cpu::default().tensor_from_vec(values.clone(), shape);
        let windows = Cpu::windows(x.leaky_trace(), width).unwrap();
        let expected = windows.as_vec();
        let gradients = weighted_sum(windows, d_windows.clone()).backward();

        let input = Input::default().ints(&[SIGNALS, length, I, width]).floats(&values).floats(&d_windows);
        let answer = answer("windows", 0, &input);
        let (windows, d_x) = answer.split_at(expected.len());
        assert_eq!(windows, expected);
        assert_close(d_x, &gradients.get(&x).as_vec(), 1e-6, "dx");
    }

    #[test]
    fn the_kernels_lay_windows_as_the_composed_steps_do() {
        for (width, length) in [(3, 10), (5, 7), (1, 5), (9, 1), (5, 2)] {
            kernels_agree(width, length);
        }
    }
}
