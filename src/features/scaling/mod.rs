//! How a signal's fluctuations grow with the length of the window: long-range dependence in one number.
//!
//! Both exponents are slopes of a straight line through the logarithms, by least squares, over box sizes in a geometric
//! row. They need some dozens of samples to mean anything and are absent below.

mod dfa;
mod hurst;

pub use dfa::{DFA_SMALLEST_BOX, fluctuation_exponent};
pub use hurst::{HURST_SMALLEST_BOX, hurst_exponent};

/// The ratio of neighbouring box sizes before they are rounded down.
const RATIO: f64 = 1.2;

/// Different sizes `⌊smallest · 1.2ⁱ⌋`, none above `largest`.
fn box_sizes(smallest: usize, largest: usize) -> Vec<usize> {
    let sizes = (0..).map(|step| (smallest as f64 * RATIO.powi(step)) as usize);
    let mut sizes: Vec<usize> = sizes.take_while(|size| *size <= largest).collect();
    sizes.dedup();
    sizes
}

/// The slope of the line through points whose squared vertical distances have the least sum; absent for fewer than two.
fn slope(points: &[(f64, f64)]) -> Option<f64> {
    if points.len() < 2 {
        return None;
    }
    let count = points.len() as f64;
    let centre_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
    let centre_y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    let products: f64 = points.iter().map(|(x, y)| (x - centre_x) * (y - centre_y)).sum();
    let squares: f64 = points.iter().map(|(x, _)| (x - centre_x).powi(2)).sum();
    Some(products / squares)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_grow_by_a_fifth_and_none_comes_twice() {
        assert_eq!(box_sizes(4, 10), [4, 5, 6, 8, 9]);
        assert!(box_sizes(4, 3).is_empty());
    }

    #[test]
    fn a_line_has_its_slope_and_a_point_has_none() {
        assert_eq!(slope(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]), Some(2.0));
        assert_eq!(slope(&[(0.0, 1.0)]), None);
    }
}
