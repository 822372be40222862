//! Rows of one width as rows of another: layers keep rows that are padded to whole registers, tensors have none.

use super::Element;

/// Copies rows of `from_width` elements to rows of `to_width`, as far as both have elements; what lies between stays as it is.
#[inline(always)]
pub(crate) fn copy_rows<E: Element>(from: &[E], from_width: usize, to: &mut [E], to_width: usize) {
    if from_width == to_width {
        to[..from.len()].copy_from_slice(from);
        return;
    }
    let columns = from_width.min(to_width);
    for (from, to) in from.chunks_exact(from_width).zip(to.chunks_exact_mut(to_width)) {
        to[..columns].copy_from_slice(&from[..columns]);
    }
}

/// Adds rows of `wide` elements to rows of `narrow` ones.
#[inline(always)]
pub(crate) fn add_rows<E: Element>(from: &[E], wide: usize, to: &mut [E], narrow: usize) {
    for (from, to) in from.chunks_exact(wide).zip(to.chunks_exact_mut(narrow)) {
        for (from, to) in from.iter().zip(to) {
            *to += *from;
        }
    }
}

/// Appends the first `narrow` elements of each row of `wide`.
#[inline(always)]
pub(crate) fn append_rows<E: Element>(from: &[E], wide: usize, to: &mut Vec<E>, narrow: usize) {
    if narrow == wide {
        to.extend_from_slice(from);
        return;
    }
    for row in from.chunks_exact(wide) {
        to.extend_from_slice(&row[..narrow]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_rows_carry_narrow_ones_and_keep_what_lies_behind() {
        let narrow = [1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0];
        let mut wide = [9.0; 9];
        copy_rows(&narrow, 2, &mut wide, 3);
        assert_eq!(wide, [1.0, 2.0, 9.0, 3.0, 4.0, 9.0, 5.0, 6.0, 9.0]);
        let mut back = [0.0; 6];
        copy_rows(&wide, 3, &mut back, 2);
        assert_eq!(back, narrow);
        let mut appended = vec![0.0];
        append_rows(&wide, 3, &mut appended, 2);
        assert_eq!(appended[1..], narrow);
        add_rows(&wide, 3, &mut back, 2);
        assert_eq!(back, narrow.map(|element| 2.0 * element));
    }

    #[test]
    fn rows_of_one_width_are_taken_whole() {
        let rows = [1.0_f32, 2.0, 3.0, 4.0];
        let mut copied = [0.0; 5];
        copy_rows(&rows, 2, &mut copied, 2);
        assert_eq!(copied, [1.0, 2.0, 3.0, 4.0, 0.0]);
        add_rows(&rows, 2, &mut copied, 2);
        assert_eq!(copied, [2.0, 4.0, 6.0, 8.0, 0.0]);
        let mut appended = Vec::new();
        append_rows(&rows, 2, &mut appended, 2);
        assert_eq!(appended, rows);
    }
}
