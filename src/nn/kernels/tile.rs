//! A tile of a matrix product whose sums stay in registers, for kernels that go on computing with them.

use super::{Left, Simd};

/// sums[i][j] + Σ_k A[i, k] B[k, j] for R rows and C registers. Row k of B is the k-th run of C registers in `right`.
///
/// # Panics
/// If an operand is too short for these sizes.
#[inline(always)]
pub(crate) fn accumulate<S: Simd, const R: usize, const C: usize>(
    simd: S,
    mut sums: [[S::Vector; C]; R],
    depth: usize,
    left: Left<S::Scalar>,
    right: &[S::Scalar],
) -> [[S::Vector; C]; R] {
    if depth == 0 || R == 0 {
        return sums;
    }
    assert!((R - 1) * left.row + (depth - 1) * left.step < left.data.len());
    assert!(depth * C * S::LANES <= right.len());
    // The pointers may end one step behind the last element, where they are not read.
    let (mut a, mut b) = (left.data.as_ptr(), right.as_ptr());
    for _ in 0..depth {
        // All elements of A in registers, and each register of B once: R + 1 registers beside the sums. A loop: a
        // closure in `array::from_fn` might be compiled without the vector instructions.
        let mut elements = [simd.splat(S::Scalar::default()); R];
        for (i, element) in elements.iter_mut().enumerate() {
            // SAFETY: the last element that any row reads lies within `left.data`.
            *element = simd.splat(unsafe { *a.add(i * left.row) });
        }
        for column in 0..C {
            // SAFETY: `right` holds `depth` runs of C registers.
            let register = unsafe { simd.load_at(b.add(column * S::LANES)) };
            for (i, sums) in sums.iter_mut().enumerate() {
                sums[column] = simd.mul_add(elements[i], register, sums[column]);
            }
        }
        a = a.wrapping_add(left.step);
        b = b.wrapping_add(C * S::LANES);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::super::{Element, Kernel, Level};
    use super::*;

    /// Three rows, two registers, depth five; whole numbers, whose sums are exact in any order.
    struct Case;

    impl<E: Element> Kernel<E> for Case {
        type Output = ();

        #[inline(always)]
        fn run<S: Simd<Scalar = E>>(self, simd: S) {
            let value = |i: usize| E::from_f64((i * 7 % 13) as f64 - 6.0);
            let (columns, depth) = (2 * S::LANES, 5);
            let a: Vec<E> = (0..3 * depth).map(value).collect();
            let b: Vec<E> = (0..depth * columns).map(|i| value(i + 5)).collect();
            let start = simd.splat(E::from_f64(3.0));
            let left = Left { data: &a, row: depth, step: 1 };
            let sums = accumulate(simd, [[start; 2]; 3], depth, left, &b);
            for (i, sums) in sums.into_iter().enumerate() {
                let mut found = vec![E::ZERO; columns];
                for (register, sum) in sums.into_iter().enumerate() {
                    simd.store(sum, &mut found[register * S::LANES..]);
                }
                for (j, found) in found.into_iter().enumerate() {
                    let mut expected = E::from_f64(3.0);
                    for k in 0..depth {
                        expected += a[i * depth + k] * b[k * columns + j];
                    }
                    assert_eq!(found, expected, "row {i}, column {j}");
                }
            }
        }
    }

    #[test]
    fn a_tile_is_the_definition() {
        for level in Level::available() {
            level.run::<f32, _>(Case);
        }
        Level::detected().run::<f64, _>(Case);
    }

    #[test]
    #[should_panic(expected = "assertion failed")]
    fn a_short_operand_is_refused_before_it_is_read() {
        struct Short;
        impl Kernel<f32> for Short {
            type Output = ();
            #[inline(always)]
            fn run<S: Simd<Scalar = f32>>(self, simd: S) {
                let left = Left { data: &[1.0; 5], row: 3, step: 1 };
                accumulate(simd, [[simd.splat(0.0)]; 2], 3, left, &[0.0; 48]);
            }
        }
        Level::detected().run(Short);
    }
}
