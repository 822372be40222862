//! Mean and variance of each channel over a batch, one signal after the other.

use crate::nn::kernels::{Buffer, Element, Simd};

/// Mean and Σ (x - mean)² of each channel over the signals so far.
///
/// A signal is summed in its own precision, about the mean so far, while it is in the cache; what is found for it is
/// merged in double precision (T. F. Chan, G. H. Golub and R. J. LeVeque, *Updating Formulae and a Pairwise Algorithm
/// for Computing Sample Variances*, 1979). A sum of squares about a distant pivot loses digits, but here no more than
/// what that distance itself adds to the squares of the batch.
pub(in crate::nn) struct Statistics<E: Element> {
    count: usize,
    mean: Vec<f64>,
    squares: Vec<f64>,
    /// The mean so far, to the nearest of the signals' numbers.
    pivot: Buffer<E>,
    sums: Sums<E>,
}

impl<E: Element> Statistics<E> {
    /// Of no signals, for so many channels: a multiple of 16.
    pub(in crate::nn) fn new(channels: usize) -> Self {
        Self {
            count: 0,
            mean: vec![0.0; channels],
            squares: vec![0.0; channels],
            pivot: Buffer::zeros(channels),
            sums: Sums::new(channels),
        }
    }

    /// Adds a signal of whole rows.
    #[inline(always)]
    pub(in crate::nn) fn add<S: Simd<Scalar = E>>(&mut self, simd: S, signal: &[E]) {
        let channels = self.mean.len();
        let rows = (signal.len() / channels) as f64;
        if self.count == 0 {
            // Before there is a mean: that of this signal, about its first row.
            self.pivot.copy_from_slice(&signal[..channels]);
            self.sums.take(simd, signal, &self.pivot);
            for (pivot, sum) in self.pivot.iter_mut().zip(&*self.sums.first) {
                *pivot = E::from_f64((*pivot).into() + (*sum).into() / rows);
            }
        }
        self.sums.take(simd, signal, &self.pivot);
        let before = self.count as f64;
        let share = rows / (before + rows);
        for channel in 0..channels {
            let pivot: f64 = self.pivot[channel].into();
            let (sum, square): (f64, f64) =
                (self.sums.first[channel].into(), self.sums.second[channel].into());
            // The signal's own mean and squares: m = p + Σ (x - p) / L, Σ (x - m)² = Σ (x - p)² - L (m - p)²
            let distance = pivot + sum / rows - self.mean[channel];
            let squares = square - sum * sum / rows;
            self.squares[channel] += squares + distance * distance * before * share;
            self.mean[channel] += distance * share;
            self.pivot[channel] = E::from_f64(self.mean[channel]);
        }
        self.count += signal.len() / channels;
    }

    /// μ of a channel.
    pub(in crate::nn) fn mean(&self, channel: usize) -> f64 {
        self.mean[channel]
    }

    /// σ² = Σ (x - μ)² / n of a channel.
    pub(in crate::nn) fn variance(&self, channel: usize) -> f64 {
        self.squares[channel] / self.count as f64
    }

    /// Σ (x - μ)² / (n - 1) of a channel.
    pub(in crate::nn) fn unbiased_variance(&self, channel: usize) -> f64 {
        self.squares[channel] / (self.count as f64 - 1.0)
    }
}

/// Two sums over the rows of one signal, in each channel.
struct Sums<E: Element> {
    /// Σ (x - pivot)
    first: Buffer<E>,
    /// Σ (x - pivot)²
    second: Buffer<E>,
}

impl<E: Element> Sums<E> {
    fn new(channels: usize) -> Self {
        Self { first: Buffer::zeros(channels), second: Buffer::zeros(channels) }
    }

    #[inline(always)]
    fn take<S: Simd<Scalar = E>>(&mut self, simd: S, signal: &[E], pivot: &[E]) {
        for channel in (0..pivot.len()).step_by(S::LANES) {
            let pivot_here = simd.load(&pivot[channel..]);
            let mut first = simd.splat(E::ZERO);
            let mut second = first;
            for row in signal.chunks_exact(pivot.len()) {
                let deviation = simd.sub(simd.load(&row[channel..]), pivot_here);
                first = simd.add(first, deviation);
                second = simd.mul_add(deviation, deviation, second);
            }
            simd.store(first, &mut self.first[channel..]);
            simd.store(second, &mut self.second[channel..]);
        }
    }
}
