//! A normalisation with its statistics, ready to be applied to rows of channels, and its gradient.
//!
//! All rows here are padded to whole registers. Rounded to the signals' numbers, a mean of 10 000 may be off by half
//! a thousandth; so the rounded one is the pivot p that is taken away first, and the rest goes into the shift:
//!
//! ```text
//! x̂ = r ((x - p) - (μ - p))    r = 1 / √(σ² + ε)
//! y = w x̂ + b = w r (x - p) + (b - w r (μ - p))
//! ```

use super::EPSILON;
use super::statistics::Statistics;
use crate::nn::kernels::{Buffer, Element, Simd};

/// y = scale · (x - pivot) + shift in each channel.
pub(in crate::nn) struct Normalisation<E: Element> {
    pivot: Buffer<E>,
    scale: Buffer<E>,
    shift: Buffer<E>,
    /// μ - p
    rest: Vec<f64>,
    /// r
    inverse_deviation: Vec<f64>,
}

/// One register of channels of a [`Normalisation`].
#[derive(Clone, Copy)]
pub(in crate::nn) struct Channels<V> {
    pivot: V,
    scale: V,
    shift: V,
}

impl<V: Copy> Channels<V> {
    /// y of a register of one row.
    #[inline(always)]
    pub(in crate::nn) fn apply<S: Simd<Vector = V>>(self, simd: S, x: V) -> V {
        simd.mul_add(simd.sub(x, self.pivot), self.scale, self.shift)
    }
}

impl<E: Element> Normalisation<E> {
    /// By (mean, variance) of each of `channels`; weight and bias may be shorter, and are 0 from there on.
    pub(in crate::nn) fn new(
        weight: &[E],
        bias: &[E],
        channels: usize,
        statistics: impl Fn(usize) -> (f64, f64),
    ) -> Self {
        let mut found = Self {
            pivot: Buffer::zeros(channels),
            scale: Buffer::zeros(channels),
            shift: Buffer::zeros(channels),
            rest: vec![0.0; channels],
            inverse_deviation: vec![0.0; channels],
        };
        for (channel, (&weight, &bias)) in weight.iter().zip(bias).enumerate() {
            let (mean, variance) = statistics(channel);
            let pivot = E::from_f64(mean);
            let rest = mean - pivot.into();
            let inverse_deviation = (variance + EPSILON).sqrt().recip();
            let scale = weight.into() * inverse_deviation;
            found.pivot[channel] = pivot;
            found.scale[channel] = E::from_f64(scale);
            found.shift[channel] = E::from_f64(bias.into() - scale * rest);
            found.rest[channel] = rest;
            found.inverse_deviation[channel] = inverse_deviation;
        }
        found
    }

    /// By the statistics of a batch.
    pub(in crate::nn) fn of_batch(
        weight: &[E],
        bias: &[E],
        statistics: &Statistics<E>,
        channels: usize,
    ) -> Self {
        Self::new(weight, bias, channels, |channel| (statistics.mean(channel), statistics.variance(channel)))
    }

    /// Channels, the padded ones too.
    pub(in crate::nn) const fn channels(&self) -> usize {
        self.rest.len()
    }

    /// The register of channels that starts at `channel`.
    #[inline(always)]
    pub(in crate::nn) fn load<S: Simd<Scalar = E>>(&self, simd: S, channel: usize) -> Channels<S::Vector> {
        Channels {
            pivot: simd.load(&self.pivot[channel..]),
            scale: simd.load(&self.scale[channel..]),
            shift: simd.load(&self.shift[channel..]),
        }
    }

    /// ∂L/∂w = Σ ∂L/∂y x̂ and ∂L/∂b = Σ ∂L/∂y.
    pub(in crate::nn) fn weight_gradient(&self, sums: &GradientSums<E>) -> (Vec<E>, Vec<E>) {
        let weight =
            (0..self.rest.len()).map(|channel| E::from_f64(self.scaled_sum(sums, channel))).collect();
        (weight, sums.dy.iter().map(|&sum| E::from_f64(sum)).collect())
    }

    /// Σ ∂L/∂y x̂ = r (Σ ∂L/∂y (x - p) - (μ - p) Σ ∂L/∂y)
    fn scaled_sum(&self, sums: &GradientSums<E>, channel: usize) -> f64 {
        self.inverse_deviation[channel] * (sums.dy_x[channel] - self.rest[channel] * sums.dy[channel])
    }

    /// The gradient of the input, the sums being those over all n values.
    ///
    /// ```text
    /// ∂L/∂x = w r (∂L/∂y - Σ ∂L/∂y / n - x̂ Σ ∂L/∂y x̂ / n)
    /// ```
    pub(in crate::nn) fn input_gradient(&self, sums: &GradientSums<E>, values: usize) -> InputGradient<E> {
        let channels = self.rest.len();
        let mut found = InputGradient {
            pivot: Buffer::stale(channels),
            of_dy: Buffer::stale(channels),
            of_x: Buffer::stale(channels),
            constant: Buffer::stale(channels),
        };
        found.pivot.copy_from_slice(&self.pivot);
        found.of_dy.copy_from_slice(&self.scale);
        for channel in 0..channels {
            let scale: f64 = self.scale[channel].into();
            let of_x =
                -scale * self.inverse_deviation[channel] * self.scaled_sum(sums, channel) / values as f64;
            found.of_x[channel] = E::from_f64(of_x);
            found.constant[channel] =
                E::from_f64(-scale * sums.dy[channel] / values as f64 - of_x * self.rest[channel]);
        }
        found
    }
}

/// Σ ∂L/∂y and Σ ∂L/∂y (x - p) of each channel: of a signal in its own precision, of the batch in double.
pub(in crate::nn) struct GradientSums<E: Element> {
    dy: Vec<f64>,
    dy_x: Vec<f64>,
    /// Of the last signal.
    last: [Buffer<E>; 2],
}

impl<E: Element> GradientSums<E> {
    pub(in crate::nn) fn new(channels: usize) -> Self {
        Self {
            dy: vec![0.0; channels],
            dy_x: vec![0.0; channels],
            last: [Buffer::zeros(channels), Buffer::zeros(channels)],
        }
    }

    /// Adds a signal of whole rows.
    #[inline(always)]
    pub(in crate::nn) fn add<S: Simd<Scalar = E>>(
        &mut self,
        simd: S,
        normalisation: &Normalisation<E>,
        dy: &[E],
        x: &[E],
    ) {
        let channels = self.dy.len();
        for channel in (0..channels).step_by(S::LANES) {
            let pivot = simd.load(&normalisation.pivot[channel..]);
            let mut sum = simd.splat(E::ZERO);
            let mut sum_x = sum;
            for (dy, x) in dy.chunks_exact(channels).zip(x.chunks_exact(channels)) {
                let dy = simd.load(&dy[channel..]);
                sum = simd.add(sum, dy);
                sum_x = simd.mul_add(dy, simd.sub(simd.load(&x[channel..]), pivot), sum_x);
            }
            simd.store(sum, &mut self.last[0][channel..]);
            simd.store(sum_x, &mut self.last[1][channel..]);
        }
        for (totals, last) in [&mut self.dy, &mut self.dy_x].into_iter().zip(&self.last) {
            for (total, &last) in totals.iter_mut().zip(&**last) {
                *total += last.into();
            }
        }
    }
}

/// ∂L/∂x = of_dy · ∂L/∂y + of_x · (x - pivot) + constant in each channel.
pub(in crate::nn) struct InputGradient<E: Element> {
    pivot: Buffer<E>,
    of_dy: Buffer<E>,
    of_x: Buffer<E>,
    constant: Buffer<E>,
}

impl<E: Element> InputGradient<E> {
    /// ∂L/∂x for rows of ∂L/∂y and x.
    #[inline(always)]
    pub(in crate::nn) fn apply<S: Simd<Scalar = E>>(&self, simd: S, dy: &[E], x: &[E], dx: &mut [E]) {
        let channels = self.pivot.len();
        for channel in (0..channels).step_by(S::LANES) {
            let pivot = simd.load(&self.pivot[channel..]);
            let of_dy = simd.load(&self.of_dy[channel..]);
            let of_x = simd.load(&self.of_x[channel..]);
            let constant = simd.load(&self.constant[channel..]);
            for ((dy, x), dx) in
                dy.chunks_exact(channels).zip(x.chunks_exact(channels)).zip(dx.chunks_exact_mut(channels))
            {
                let centred = simd.sub(simd.load(&x[channel..]), pivot);
                let sum = simd.mul_add(centred, of_x, constant);
                simd.store(simd.mul_add(simd.load(&dy[channel..]), of_dy, sum), &mut dx[channel..]);
            }
        }
    }
}
