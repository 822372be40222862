//! Matrix products, C = A · B or C += A · B, for matrices that fit the caches.
//!
//! The innermost loop keeps a tile of C in registers and walks along the common dimension: at each step it loads one
//! row of B across the tile and multiplies it by one element of A for each row of the tile.
//!
//! ```text
//! C[i, j] += A[i, k] · B[k, j]        i over TILE_ROWS, j over TILE_REGISTERS · LANES, k over the depth
//! ```
//!
//! With AVX-512 a tile is 6 × 64: 24 multiply-adds for 4 loads and 6 broadcasts, so the two multiply-add units of a
//! core and not its two load units are the limit. Where C is at most half as wide as a tile, tiles are twice as high:
//! 12 × 32, 24 multiply-adds for 2 loads and 12 broadcasts.

use super::{Buffer, Element, Kernel, Simd};

/// A as it lies in memory: element (i, k) is `data[i * row + k * step]`. So a transposed A needs no copy.
#[derive(Clone, Copy)]
pub(crate) struct Left<'a, E> {
    pub(crate) data: &'a [E],
    pub(crate) row: usize,
    pub(crate) step: usize,
}

/// B as it lies in memory. Tiles start `tile` elements apart; within one, rows are `step` elements apart.
#[derive(Clone, Copy)]
pub(crate) struct Right<'a, E> {
    data: &'a [E],
    step: usize,
    tile: usize,
}

impl<'a, E> Right<'a, E> {
    /// B in rows of `step` elements.
    #[inline(always)]
    pub(crate) fn rows<S: Simd<Scalar = E>>(data: &'a [E], step: usize) -> Self {
        Self { data, step, tile: tile_columns::<S>() }
    }
}

#[inline(always)]
const fn tile_columns<S: Simd>() -> usize {
    S::TILE_REGISTERS * S::LANES
}

/// Rows of a tile of so many registers.
#[inline(always)]
const fn tile_rows<S: Simd>(registers: usize) -> usize {
    if 2 * registers <= S::TILE_REGISTERS { 2 * S::TILE_ROWS } else { S::TILE_ROWS }
}

/// B packed for many products: the rows of a tile follow one another, so that they share no cache set.
pub(crate) struct Panels<E: Element> {
    data: Buffer<E>,
    depth: usize,
    step: usize,
}

impl<E: Element> Panels<E> {
    /// Packs the depth × columns matrix whose column j is every `stride`-th element of a slice, or zero.
    pub(crate) fn pack<'a, S: Simd<Scalar = E>>(
        depth: usize,
        columns: usize,
        stride: usize,
        column: impl Fn(usize) -> Option<&'a [E]>,
    ) -> Self {
        // One narrow tile is stored densely, so that it takes no more of the cache than it holds.
        let step = columns.min(tile_columns::<S>());
        let mut data = Buffer::zeros(columns.div_ceil(step.max(1)) * depth * step);
        for j in 0..columns {
            let panel = &mut data[j / step * depth * step..][..depth * step];
            if let Some(source) = column(j) {
                for (row, &element) in panel.chunks_exact_mut(step).zip(source.iter().step_by(stride)) {
                    row[j % step] = element;
                }
            }
        }
        Self { data, depth, step }
    }

    /// The packed matrix as an operand.
    #[inline(always)]
    pub(crate) fn right(&self) -> Right<'_, E> {
        Right { data: &self.data, step: self.step, tile: self.depth * self.step }
    }
}

/// C[i, j] = Σ_k A[i, k] B[k, j], or += where `accumulate`. `columns` is a multiple of `LANES`; row i of C starts at
/// `c[i * c_row]`.
///
/// # Panics
/// If an operand is too short for these sizes.
#[inline(always)]
pub(crate) fn product<S: Simd>(
    simd: S,
    [rows, depth, columns]: [usize; 3],
    left: Left<S::Scalar>,
    right: Right<S::Scalar>,
    c: &mut [S::Scalar],
    c_row: usize,
    accumulate: bool,
) {
    simd.vectorize(Product { rows, depth, columns, left, right, c, c_row, accumulate });
}

struct Product<'a, E> {
    rows: usize,
    depth: usize,
    columns: usize,
    left: Left<'a, E>,
    right: Right<'a, E>,
    c: &'a mut [E],
    c_row: usize,
    accumulate: bool,
}

impl<E: Element> Product<'_, E> {
    fn check<S: Simd>(&self) {
        let Self { rows, depth, columns, left, right, c, c_row, .. } = self;
        assert!(columns % S::LANES == 0);
        if *rows == 0 || *columns == 0 {
            return;
        }
        assert!((rows - 1) * c_row + columns <= c.len());
        if *depth == 0 {
            return;
        }
        assert!((rows - 1) * left.row + (depth - 1) * left.step < left.data.len());
        let (tiles, width) = (columns.div_ceil(tile_columns::<S>()), tile_columns::<S>());
        let last = columns - (tiles - 1) * width;
        // The first tiles are whole, the last one may be narrower.
        assert!((tiles - 1) * right.tile + (depth - 1) * right.step + last <= right.data.len());
        if tiles > 1 {
            assert!((tiles - 2) * right.tile + (depth - 1) * right.step + width <= right.data.len());
        }
    }
}

impl<E: Element> Kernel<E> for Product<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, simd: S) {
        self.check::<S>();
        let Self { rows, depth, columns, left, right, c, c_row, accumulate } = self;
        for (index, first) in (0..columns).step_by(tile_columns::<S>()).enumerate() {
            let registers = ((columns - first) / S::LANES).min(S::TILE_REGISTERS);
            // Tiles of nearly equal height: 16 rows are 5 + 5 + 6. No rows are no tiles: C may then be empty, and a
            // pointer may not be moved beyond it.
            let tiles = rows.div_ceil(tile_rows::<S>(registers));
            for tile in 0..tiles {
                let (from, to) = (rows * tile / tiles, rows * (tile + 1) / tiles);
                // SAFETY: `check` has compared every size with the slices, and both tiles lie within the sizes.
                unsafe {
                    let tile = Tile {
                        depth,
                        a: left.data.as_ptr().wrapping_add(from * left.row),
                        a_row: left.row,
                        a_step: left.step,
                        b: right.data.as_ptr().wrapping_add(index * right.tile),
                        b_step: right.step,
                        c: c.as_mut_ptr().add(from * c_row + first),
                        c_row,
                        accumulate,
                    };
                    tile.dispatch(simd, to - from, registers);
                }
            }
        }
    }
}

/// One tile of C and where its operands start.
struct Tile<E> {
    depth: usize,
    a: *const E,
    a_row: usize,
    a_step: usize,
    b: *const E,
    b_step: usize,
    c: *mut E,
    c_row: usize,
    accumulate: bool,
}

impl<E: Element> Tile<E> {
    /// Chooses the tile of so many rows and registers; the sizes beyond a level's own vanish when compiled.
    ///
    /// # Safety
    /// As [`Self::compute`].
    #[inline(always)]
    unsafe fn dispatch<S: Simd<Scalar = E>>(self, simd: S, rows: usize, registers: usize) {
        // SAFETY: the caller's promise for `rows` and `registers` is the one that `compute` asks for.
        unsafe {
            match registers {
                1 => self.dispatch_rows::<S, 1>(simd, rows),
                2 if S::TILE_REGISTERS >= 2 => self.dispatch_rows::<S, 2>(simd, rows),
                3 if S::TILE_REGISTERS >= 3 => self.dispatch_rows::<S, 3>(simd, rows),
                4 if S::TILE_REGISTERS >= 4 => self.dispatch_rows::<S, 4>(simd, rows),
                _ => unreachable!("a tile has 1 to {} registers", S::TILE_REGISTERS),
            }
        }
    }

    /// # Safety
    /// As [`Self::compute`].
    #[inline(always)]
    unsafe fn dispatch_rows<S: Simd<Scalar = E>, const C: usize>(self, simd: S, rows: usize) {
        // SAFETY: as in `dispatch`.
        unsafe {
            match rows {
                0 => {}
                1 => self.compute::<S, 1, C>(simd),
                2 => self.compute::<S, 2, C>(simd),
                3 => self.compute::<S, 3, C>(simd),
                4 => self.compute::<S, 4, C>(simd),
                5 if tile_rows::<S>(C) >= 5 => self.compute::<S, 5, C>(simd),
                6 if tile_rows::<S>(C) >= 6 => self.compute::<S, 6, C>(simd),
                7 if tile_rows::<S>(C) >= 7 => self.compute::<S, 7, C>(simd),
                8 if tile_rows::<S>(C) >= 8 => self.compute::<S, 8, C>(simd),
                9 if tile_rows::<S>(C) >= 9 => self.compute::<S, 9, C>(simd),
                10 if tile_rows::<S>(C) >= 10 => self.compute::<S, 10, C>(simd),
                11 if tile_rows::<S>(C) >= 11 => self.compute::<S, 11, C>(simd),
                12 if tile_rows::<S>(C) >= 12 => self.compute::<S, 12, C>(simd),
                _ => unreachable!("a tile has up to {} rows", tile_rows::<S>(C)),
            }
        }
    }

    /// # Safety
    /// A holds R rows and B holds C registers for every k below the depth; C holds R rows of C registers.
    #[inline(always)]
    unsafe fn compute<S: Simd<Scalar = E>, const R: usize, const C: usize>(self, simd: S) {
        let mut sums = [[simd.splat(E::ZERO); C]; R];
        // The pointers may end one step behind the last element, where they are not read.
        let (mut a, mut b) = (self.a, self.b);
        for _ in 0..self.depth {
            // A loop: a closure in `array::from_fn` might be compiled without the vector instructions.
            let mut row = [simd.splat(E::ZERO); C];
            for (column, register) in row.iter_mut().enumerate() {
                // SAFETY: the caller's promise.
                *register = unsafe { simd.load_at(b.add(column * S::LANES)) };
            }
            for (i, sums) in sums.iter_mut().enumerate() {
                // SAFETY: the caller's promise.
                let element = simd.splat(unsafe { *a.add(i * self.a_row) });
                for (column, sum) in sums.iter_mut().enumerate() {
                    *sum = simd.mul_add(element, row[column], *sum);
                }
            }
            a = a.wrapping_add(self.a_step);
            b = b.wrapping_add(self.b_step);
        }
        for (i, sums) in sums.iter().enumerate() {
            for (column, &sum) in sums.iter().enumerate() {
                // SAFETY: the caller's promise.
                unsafe {
                    let c = self.c.add(i * self.c_row + column * S::LANES);
                    let sum = if self.accumulate { simd.add(simd.load_at(c), sum) } else { sum };
                    simd.store_at(sum, c);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    struct Case {
        rows: usize,
        depth: usize,
        columns: usize,
        transposed: bool,
        packed: bool,
        accumulate: bool,
    }

    impl<E: Element> Kernel<E> for Case {
        type Output = (Vec<E>, usize);
        #[inline(always)]
        fn run<S: Simd<Scalar = E>>(self, simd: S) -> Self::Output {
            let Self { rows, depth, transposed, packed, accumulate, .. } = self;
            let columns = self.columns.next_multiple_of(S::LANES);
            let a: Vec<E> = (0..rows * depth).map(value).collect();
            let b: Vec<E> = (0..depth * columns).map(|i| value(i + 7)).collect();
            let mut c: Vec<E> = (0..rows * columns).map(|i| value(i + 3)).collect();
            let left = if transposed {
                Left { data: &a, row: 1, step: rows }
            } else {
                Left { data: &a, row: depth, step: 1 }
            };
            let panels = Panels::pack::<S>(depth, columns, columns, |j| b.get(j..));
            let right = if packed { panels.right() } else { Right::rows::<S>(&b, columns) };
            product(simd, [rows, depth, columns], left, right, &mut c, columns, accumulate);
            (c, columns)
        }
    }

    /// Small whole numbers: their products and sums are exact in any order.
    fn value<E: Element>(i: usize) -> E {
        E::from_f64((i * 7 % 13) as f64 - 6.0)
    }

    /// The definition, one element after the other.
    fn expected<E: Element>(case: &Case, columns: usize) -> Vec<E> {
        let Case { rows, depth, .. } = *case;
        let mut c = Vec::new();
        for i in 0..rows {
            for j in 0..columns {
                let mut sum = if case.accumulate { value::<E>(i * columns + j + 3) } else { E::ZERO };
                for k in 0..depth {
                    let a: E = if case.transposed { value(k * rows + i) } else { value(i * depth + k) };
                    sum += a * value(k * columns + j + 7);
                }
                c.push(sum);
            }
        }
        c
    }

    #[test]
    fn every_tile_size_and_layout_gives_the_definition() {
        for rows in (0..=13).chain([16, 25]) {
            for (depth, columns) in [(0, 16), (1, 1), (5, 16), (4, 32), (9, 40), (17, 64), (3, 100), (2, 150)]
            {
                for flags in 0..8 {
                    let case = || Case {
                        rows,
                        depth,
                        columns,
                        transposed: flags & 1 > 0,
                        packed: flags & 2 > 0,
                        accumulate: flags & 4 > 0,
                    };
                    for level in Level::available() {
                        let (c, columns) = level.run::<f32, _>(case());
                        assert_eq!(c, expected::<f32>(&case(), columns), "{} {rows}x{depth}", level.name());
                    }
                    let (c, columns) = Level::detected().run::<f64, _>(case());
                    assert_eq!(c, expected::<f64>(&case(), columns));
                }
            }
        }
    }

    #[test]
    #[should_panic(expected = "assertion failed")]
    fn a_short_operand_is_refused_before_it_is_read() {
        struct Short;
        impl Kernel<f32> for Short {
            type Output = ();
            #[inline(always)]
            fn run<S: Simd<Scalar = f32>>(self, simd: S) {
                let left = Left { data: &[1.0; 11], row: 3, step: 1 };
                let right = Right::rows::<S>(&[1.0; 48], 16);
                product(simd, [4, 3, 16], left, right, &mut [0.0; 64], 16, false);
            }
        }
        Level::detected().run(Short);
    }
}
