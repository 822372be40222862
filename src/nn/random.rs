//! Random numbers by position: number `index` of stream `key`, without state that could be lost or shared.
//!
//! The generator is SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, *Fast Splittable Pseudorandom Number
//! Generators*, OOPSLA 2014): a counter that walks in steps of the golden ratio, and a mixing function.

use dfdx::prelude::*;

/// 2⁶⁴ divided by the golden ratio, made odd.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Spreads every bit of the input over the output; one-to-one.
#[inline]
const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// 64 random bits: number `index` of the stream.
#[inline]
pub(crate) const fn bits(key: u64, index: u64) -> u64 {
    mix(key.wrapping_add(index.wrapping_add(1).wrapping_mul(GOLDEN)))
}

/// A number from the uniform distribution on [-bound, bound): number `index` of the stream.
pub(crate) fn symmetric(key: u64, index: u64, bound: f64) -> f64 {
    // The upper 53 bits, as many as a double's significand has, in units of 2⁻⁵².
    ((bits(key, index) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0) * bound
}

/// PyTorch's initialisation of LSTMs, convolutions and linear layers: uniform on ±1/√`fan_in`.
///
/// The numbers come from one draw of the device's generator and the position in the tensor, so they are the same on
/// every device that draws the same.
pub(crate) fn fill_symmetric<S: Shape, E: Dtype, D: Device<E>>(
    tensor: &mut Tensor<S, E, D>,
    fan_in: usize,
) -> Result<(), D::Err> {
    let key = tensor.device().random_u64();
    let bound = 1.0 / (fan_in as f64).sqrt();
    let numbers = (0..tensor.shape().num_elements() as u64).map(|index| {
        E::from_f64(symmetric(key, index, bound)).expect("a floating-point type holds every number")
    });
    tensor.copy_from(&numbers.collect::<Vec<E>>());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers for seed 1234567, as the reference implementation gives them
    /// (<https://prng.di.unimi.it/splitmix64.c>).
    #[test]
    fn the_stream_is_splitmix64() {
        let stream: Vec<u64> = (0..3).map(|index| bits(1_234_567, index)).collect();
        assert_eq!(stream, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn uniform_numbers_fill_their_interval_evenly() {
        let numbers: Vec<f64> = (0..100_000).map(|index| symmetric(3, index, 0.5)).collect();
        let mean = numbers.iter().sum::<f64>() / 1e5;
        let variance = numbers.iter().map(|x| x * x).sum::<f64>() / 1e5;
        // Standard errors: 0.29 / √1e5 = 9e-4 and 0.075 / √1e5 = 2.4e-4.
        assert!(mean.abs() < 4e-3, "{mean}");
        assert!((variance - 1.0 / 12.0).abs() < 1e-3, "{variance}");
        assert!(numbers.iter().all(|x| (-0.5..0.5).contains(x)));
    }
}
