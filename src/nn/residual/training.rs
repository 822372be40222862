//! Forward and backward pass of a residual block by the statistics of the batch.
//!
//! What a normalisation needs of a whole batch cuts each pass into three runs over its signals. Within a run, a
//! signal goes through all that can be done with it while it is in the first two caches: products and the
//! element-wise work before and behind them.
//!
//! ```text
//! forward    1  y1 = conv1(x), its statistics
//!            2  a = ReLU(norm1(y1)), y2 = conv2(a), its statistics
//!            3  s = ReLU(norm2(y2)) + x, y = ReLU(s)
//! backward   1  ∂s = ∂y where s > 0, a part of ∂x; ∂z2 = ∂s where z2 > 0, its sums
//!            2  ∂y2, ∂w2, ∂a, ∂z1 = ∂a where a > 0, its sums
//!            3  ∂y1, ∂w1, the rest of ∂x
//! ```
//!
//! z1 and z2 are what the normalisations give, ∂z is ∂L/∂z. Kept between the passes are x, y1 and y2 alone: a is made
//! again, and so are the signs of z2 and s.

use super::cpu::Sizes;
use crate::nn::batch_norm::normalisation::{GradientSums, Normalisation};
use crate::nn::batch_norm::statistics::Statistics;
use crate::nn::kernels::{Buffer, Element, Kernel, Simd, add_rows, append_rows, copy_rows};

/// A convolution and its normalisation.
pub(super) struct Layer<'a, E> {
    /// w: `[C, C, K]`
    pub(super) conv_weight: &'a [E],
    /// γ: `[C]`
    pub(super) norm_weight: &'a [E],
    /// β: `[C]`
    pub(super) norm_bias: &'a [E],
}

/// What the forward pass leaves for the backward pass; index 0 is of the first layer.
pub(super) struct Pass<E: Element> {
    /// Outputs of the convolutions without their biases: `[batch, L, W]`
    convolved: [Buffer<E>; 2],
    pub(super) statistics: [Statistics<E>; 2],
    normalisations: [Normalisation<E>; 2],
}

pub(super) struct Forward<'a, E: Element> {
    pub(super) sizes: Sizes,
    /// x: `[batch, L, C]`
    pub(super) signals: &'a [E],
    pub(super) layers: [Layer<'a, E>; 2],
    /// y: `[batch, L, C]` is put behind them
    pub(super) values: &'a mut Vec<E>,
}

impl<E: Element> Kernel<E> for Forward<'_, E> {
    /// What is kept.
    type Output = Pass<E>;

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, simd: S) -> Self::Output {
        let Self { sizes, signals, layers: [layer1, layer2], values } = self;
        let Sizes { kernels, channels, width, .. } = sizes;
        let (narrow, wide) = (sizes.length * channels, sizes.length * width);
        let matrix1 = kernels.matrix(layer1.conv_weight);
        let matrix2 = kernels.matrix(layer2.conv_weight);
        let (mut y1, mut y2) = (Buffer::stale(sizes.batch * wide), Buffer::stale(sizes.batch * wide));
        let mut margins = sizes.with_margins();

        let mut statistics1 = Statistics::new(width);
        for (x, y1) in signals.chunks_exact(narrow).zip(y1.chunks_exact_mut(wide)) {
            copy_rows(x, channels, sizes.within(&mut margins), width);
            kernels.convolve(simd, &margins, &matrix1, y1, false);
            statistics1.add(simd, y1);
        }
        let norm1 = Normalisation::of_batch(layer1.norm_weight, layer1.norm_bias, &statistics1, width);

        let mut statistics2 = Statistics::new(width);
        for (y1, y2) in y1.chunks_exact(wide).zip(y2.chunks_exact_mut(wide)) {
            activate(simd, &norm1, y1, sizes.within(&mut margins));
            kernels.convolve(simd, &margins, &matrix2, y2, false);
            statistics2.add(simd, y2);
        }
        let norm2 = Normalisation::of_batch(layer2.norm_weight, layer2.norm_bias, &statistics2, width);

        let (mut x, mut y) = (sizes.signal(), sizes.signal());
        for (signal, y2) in signals.chunks_exact(narrow).zip(y2.chunks_exact(wide)) {
            copy_rows(signal, channels, &mut x, width);
            for channel in (0..width).step_by(S::LANES) {
                let norm2 = norm2.load(simd, channel);
                for ((y2, x), y) in
                    y2.chunks_exact(width).zip(x.chunks_exact(width)).zip(y.chunks_exact_mut(width))
                {
                    let z = norm2.apply(simd, simd.load(&y2[channel..]));
                    let sum = simd.add(simd.where_positive(z, z), simd.load(&x[channel..]));
                    simd.store(simd.where_positive(sum, sum), &mut y[channel..]);
                }
            }
            append_rows(&y, width, values, channels);
        }
        Pass { convolved: [y1, y2], statistics: [statistics1, statistics2], normalisations: [norm1, norm2] }
    }
}

/// a = ReLU(norm(y))
#[inline(always)]
fn activate<S: Simd>(simd: S, norm: &Normalisation<S::Scalar>, y: &[S::Scalar], a: &mut [S::Scalar]) {
    let width = norm.channels();
    for channel in (0..width).step_by(S::LANES) {
        let norm = norm.load(simd, channel);
        for (y, a) in y.chunks_exact(width).zip(a.chunks_exact_mut(width)) {
            let z = norm.apply(simd, simd.load(&y[channel..]));
            simd.store(simd.where_positive(z, z), &mut a[channel..]);
        }
    }
}

pub(super) struct Backward<'a, E: Element> {
    pub(super) sizes: Sizes,
    /// n, the values of each channel
    pub(super) values: usize,
    /// x: `[batch, L, C]`
    pub(super) signals: &'a [E],
    pub(super) layers: [Layer<'a, E>; 2],
    pub(super) pass: Pass<E>,
    /// ∂L/∂y: `[batch, L, C]`
    pub(super) above: &'a [E],
    /// ∂L/∂x: `[batch, L, C]`, to which is added
    pub(super) input: &'a mut [E],
}

/// What the backward pass finds for the weights of a layer.
pub(super) struct Found<E: Element> {
    /// ∂L/∂w: `[K W, W]`
    pub(super) conv_weight: Buffer<E>,
    /// ∂L/∂γ: `[W]`
    pub(super) norm_weight: Vec<E>,
    /// ∂L/∂β: `[W]`
    pub(super) norm_bias: Vec<E>,
}

impl<E: Element> Kernel<E> for Backward<'_, E> {
    type Output = [Found<E>; 2];

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, simd: S) -> Self::Output {
        let Self { sizes, values, signals, layers: [layer1, layer2], pass, above, input } = self;
        let Sizes { kernels, channels, width, .. } = sizes;
        let (narrow, wide) = (sizes.length * channels, sizes.length * width);
        let [norm1, norm2] = pass.normalisations;
        let [y1, mut y2] = pass.convolved;

        // 1: ∂s = ∂y where s > 0, ∂z2 = ∂s where z2 > 0
        let mut dz2 = Buffer::stale(sizes.batch * wide);
        let mut sums2 = GradientSums::new(width);
        let (mut x, mut ds) = (sizes.with_margins(), sizes.signal());
        for ((((signal, above), y2), dz2), input) in signals
            .chunks_exact(narrow)
            .zip(above.chunks_exact(narrow))
            .zip(y2.chunks_exact(wide))
            .zip(dz2.chunks_exact_mut(wide))
            .zip(input.chunks_exact_mut(narrow))
        {
            let x = sizes.within(&mut x);
            copy_rows(signal, channels, x, width);
            copy_rows(above, channels, &mut ds, width);
            for channel in (0..width).step_by(S::LANES) {
                let norm2 = norm2.load(simd, channel);
                for (((y2, x), ds), dz2) in y2
                    .chunks_exact(width)
                    .zip(x.chunks_exact(width))
                    .zip(ds.chunks_exact_mut(width))
                    .zip(dz2.chunks_exact_mut(width))
                {
                    let z = norm2.apply(simd, simd.load(&y2[channel..]));
                    let sum = simd.add(simd.where_positive(z, z), simd.load(&x[channel..]));
                    let of_sum = simd.where_positive(simd.load(&ds[channel..]), sum);
                    simd.store(of_sum, &mut ds[channel..]);
                    simd.store(simd.where_positive(of_sum, z), &mut dz2[channel..]);
                }
            }
            add_rows(&ds, width, input, channels);
            sums2.add(simd, &norm2, dz2, y2);
        }

        // 2: ∂z1 in the place of y2
        let gradient2 = norm2.input_gradient(&sums2, values);
        let reversed2 = kernels.reversed(layer2.conv_weight);
        let mut dw2 = Buffer::zeros(kernels.width * width * width);
        let mut sums1 = GradientSums::new(width);
        let (mut a, mut dy) = (sizes.with_margins(), sizes.with_margins());
        for ((y1, y2), dz2) in
            y1.chunks_exact(wide).zip(y2.chunks_exact_mut(wide)).zip(dz2.chunks_exact(wide))
        {
            gradient2.apply(simd, dz2, y2, sizes.within(&mut dy));
            activate(simd, &norm1, y1, sizes.within(&mut a));
            kernels.correlate(simd, &a, sizes.within(&mut dy), &mut dw2);
            let dz1 = y2;
            kernels.convolve_back(simd, &dy, &reversed2, dz1);
            for channel in (0..width).step_by(S::LANES) {
                for (a, dz1) in sizes.within(&mut a).chunks_exact(width).zip(dz1.chunks_exact_mut(width)) {
                    let dz = simd.where_positive(simd.load(&dz1[channel..]), simd.load(&a[channel..]));
                    simd.store(dz, &mut dz1[channel..]);
                }
            }
            sums1.add(simd, &norm1, dz1, y1);
        }
        let dz1 = y2;

        // 3: ∂x gets conv1's
        let gradient1 = norm1.input_gradient(&sums1, values);
        let reversed1 = kernels.reversed(layer1.conv_weight);
        let mut dw1 = Buffer::zeros(kernels.width * width * width);
        let mut dx = sizes.signal();
        for (((signal, y1), dz1), input) in signals
            .chunks_exact(narrow)
            .zip(y1.chunks_exact(wide))
            .zip(dz1.chunks_exact(wide))
            .zip(input.chunks_exact_mut(narrow))
        {
            gradient1.apply(simd, dz1, y1, sizes.within(&mut dy));
            copy_rows(signal, channels, sizes.within(&mut x), width);
            kernels.correlate(simd, &x, sizes.within(&mut dy), &mut dw1);
            kernels.convolve_back(simd, &dy, &reversed1, &mut dx);
            add_rows(&dx, width, input, channels);
        }

        let found = |conv_weight, norm: &Normalisation<E>, sums| {
            let (norm_weight, norm_bias) = norm.weight_gradient(sums);
            Found { conv_weight, norm_weight, norm_bias }
        };
        [found(dw1, &norm1, &sums1), found(dw2, &norm2, &sums2)]
    }
}
