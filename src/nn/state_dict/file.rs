//! A dictionary as the bytes of a safetensors file.

use std::collections::HashMap;

use ::safetensors::tensor::{Dtype as StoredType, SafeTensors, TensorView, serialize};
use half::{bf16, f16};

use super::{StateDict, is_ignored};
use crate::error::{Error, Fault, Place, Problem, Result};

/// How PyTorch's wrappers begin the names of what they wrap.
const WRAPPERS: [&str; 2] = ["module.", "_orig_mod."];

/// The key of a note in a file's metadata.
const NOTE: &str = "eegenre";

impl StateDict {
    /// The bytes of a safetensors file, the same for the same tensors. `note` goes into the file's metadata.
    #[must_use]
    pub fn to_bytes(&self, note: Option<String>) -> Vec<u8> {
        let bytes: Vec<Vec<u8>> = (self.tensors.values())
            .map(|(_, values)| values.iter().flat_map(|value| value.to_le_bytes()).collect())
            .collect();
        let views = self.tensors.iter().zip(&bytes).map(|((name, (shape, _)), bytes)| {
            let view = TensorView::new(StoredType::F32, shape.clone(), bytes);
            (name, view.expect("a tensor has as many elements as its shape says"))
        });
        // One entry: the order of several would change from run to run.
        let metadata = note.map(|note| HashMap::from([(NOTE.to_owned(), note)]));
        serialize(views, metadata).expect("names and shapes are a header")
    }

    /// The note that [`Self::to_bytes`] may have left in the bytes of a safetensors file.
    ///
    /// # Errors
    /// [`Fault::BAD_WEIGHTS`] if they are damaged; [`Fault::PYTORCH_FILE`].
    pub fn note_in(bytes: &[u8]) -> Result<Option<String>> {
        // torch.save writes a zip archive; it wrote a bare pickle before 2020. In a header's length, which safetensors
        // begins with, the third byte is 0.
        if bytes.starts_with(b"PK\x03\x04") || matches!(bytes, [0x80, 2..=5, 1..=u8::MAX, ..]) {
            let found = "a file of torch.save, which can hold any program";
            return Err(Error::new(Fault::PYTORCH_FILE, Place::default(), "a safetensors file", found));
        }
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
        Ok(header.metadata().as_ref().and_then(|metadata| metadata.get(NOTE).cloned()))
    }

    /// Reads the bytes of a safetensors file, and the note that [`Self::to_bytes`] may have left in it. Numbers of half
    /// or double precision become single; `module.` and `_orig_mod.`, with which PyTorch's wrappers (`DataParallel`,
    /// `torch.compile`) begin names, are left out.
    ///
    /// # Errors
    /// As [`Self::note_in`]; [`Fault::BAD_WEIGHTS`] for each tensor that is not of floating-point numbers, has an element
    /// that is not finite in single precision, or is there twice.
    pub fn from_bytes(bytes: &[u8]) -> Result<(Self, Option<String>)> {
        let note = Self::note_in(bytes)?;
        let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
        let mut views: Vec<(&str, TensorView<'_>)> = file.iter().collect();
        views.sort_unstable_by_key(|(name, _)| *name);
        let mut dict = Self::default();
        let mut problems = Vec::new();
        for (stored, view) in views {
            let name = unwrapped(stored);
            if is_ignored(name) {
                continue;
            }
            let mut refuse = |expected: &str, found: String| {
                problems.push(Problem::new(Fault::BAD_WEIGHTS, Place::field(name), expected, found));
            };
            match numbers(&view) {
                _ if dict.get(name).is_some() => refuse("one tensor of this name", format!("{stored} too")),
                Ok(values) => dict.insert(name.to_owned(), view.shape().to_vec(), values),
                Err(found) => refuse("finite elements of F32, F16, BF16 or F64", found),
            }
        }
        Error::unless_none(problems).map(|()| (dict, note))
    }
}

fn damaged(cause: impl std::fmt::Display) -> Error {
    let found = format!("damage: {cause}");
    Error::new(Fault::BAD_WEIGHTS, Place::default(), "the bytes of a safetensors file", found)
}

/// A name without the prefixes of PyTorch's wrappers.
fn unwrapped(mut name: &str) -> &str {
    while let Some(rest) = WRAPPERS.iter().find_map(|wrapper| name.strip_prefix(wrapper)) {
        name = rest;
    }
    name
}

/// The elements of a stored tensor in single precision; or what is wrong with them.
fn numbers(view: &TensorView<'_>) -> Result<Vec<f32>, String> {
    fn read<const N: usize, T: Copy + Into<f64>>(
        bytes: &[u8],
        number: fn([u8; N]) -> T,
        narrow: fn(T) -> f32,
    ) -> Result<Vec<f32>, String> {
        let of_element = |(element, bytes): (usize, &[u8])| {
            let stored = number(bytes.try_into().expect("chunks of N"));
            let value = narrow(stored);
            let told = || format!("{} in element {element}", stored.into());
            if value.is_finite() { Ok(value) } else { Err(told()) }
        };
        bytes.chunks_exact(N).enumerate().map(of_element).collect()
    }
    match view.dtype() {
        StoredType::F32 => read(view.data(), f32::from_le_bytes, |value| value),
        StoredType::F16 => read(view.data(), f16::from_le_bytes, f16::to_f32),
        StoredType::BF16 => read(view.data(), bf16::from_le_bytes, bf16::to_f32),
        StoredType::F64 => read(view.data(), f64::from_le_bytes, |value| value as f32),
        other => Err(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::module;
    use super::*;

    #[test]
    fn an_element_that_is_not_finite_is_named() {
        let mut dict = StateDict::of(&module());
        for (name, element, value) in [("bias_hh_l1", 7, f32::NAN), ("weight_hh_l0", 0, f32::NEG_INFINITY)] {
            let (shape, values) = dict.get(name).unwrap();
            let (shape, mut values) = (shape.to_vec(), values.to_vec());
            values[element] = value;
            dict.insert(name.into(), shape, values);
        }
        let error = StateDict::from_bytes(&dict.to_bytes(None)).unwrap_err().to_string();
        assert!(
            error.contains(
                "bias_hh_l1: expected finite elements of F32, F16, BF16 or F64, found NaN in element 7"
            ),
            "{error}"
        );
        assert!(
            error.contains(
                "weight_hh_l0: expected finite elements of F32, F16, BF16 or F64, found -inf in element 0"
            ),
            "{error}"
        );
    }

    #[test]
    fn damaged_bytes_are_refused() {
        let bytes = StateDict::of(&module()).to_bytes(None);
        for damaged in [&bytes[..bytes.len() - 1], &bytes[..7], &[], &bytes[9..]] {
            let error = StateDict::from_bytes(damaged).unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::BAD_WEIGHTS);
        }
    }

    /// A file of tensors of one element each.
    fn file(tensors: &[(&str, StoredType, &[u8])]) -> Vec<u8> {
        let view = |dtype, bytes| TensorView::new(dtype, vec![1], bytes).unwrap();
        serialize(tensors.iter().map(|(name, dtype, bytes)| (*name, view(*dtype, bytes))), None).unwrap()
    }

    #[test]
    fn half_and_double_precision_become_single() {
        let bytes = file(&[
            ("single", StoredType::F32, &(-1.5_f32).to_le_bytes()),
            ("half", StoredType::F16, &[0x00, 0xbe]),
            ("brain", StoredType::BF16, &[0xc0, 0xbf]),
            ("double", StoredType::F64, &(-1.5_f64).to_le_bytes()),
        ]);
        let (dict, note) = StateDict::from_bytes(&bytes).unwrap();
        assert_eq!((dict.names().count(), note), (4, None));
        assert!(dict.names().all(|name| dict.get(name) == Some((&[1][..], &[-1.5][..]))));
    }

    #[test]
    fn what_is_no_finite_number_in_single_precision_is_named() {
        let bytes = file(&[
            ("double", StoredType::F64, &1e300_f64.to_le_bytes()),
            ("half", StoredType::F16, &[0x00, 0x7c]),
            ("brain", StoredType::BF16, &[0xc0, 0x7f]),
            ("whole", StoredType::I32, &[0; 4]),
            ("norm.num_batches_tracked", StoredType::I64, &[0; 8]),
        ]);
        let error = StateDict::from_bytes(&bytes).unwrap_err();
        let found: Vec<String> =
            error.problems().iter().map(|problem| format!("{}: {}", problem.place, problem.found)).collect();
        let double = format!("double: {} in element 0", 1e300);
        assert_eq!(found, ["brain: NaN in element 0", &double, "half: inf in element 0", "whole: I32"]);
    }

    #[test]
    fn prefixes_of_wrappers_are_left_out_in_any_order() {
        let one = 1.0_f32.to_le_bytes();
        let names =
            ["module.a.weight", "_orig_mod.b", "module._orig_mod.c", "_orig_mod.module.d", "e.module"];
        let bytes = file(&names.map(|name| (name, StoredType::F32, &one[..])));
        let (dict, _) = StateDict::from_bytes(&bytes).unwrap();
        assert_eq!(dict.names().collect::<Vec<_>>(), ["a.weight", "b", "c", "d", "e.module"]);
        let bytes = file(&["module.a", "a"].map(|name| (name, StoredType::F32, &one[..])));
        let error = StateDict::from_bytes(&bytes).unwrap_err().to_string();
        assert!(error.starts_with("a: expected one tensor of this name, found module.a too"), "{error}");
    }

    #[test]
    fn a_file_of_pytorchs_own_says_how_to_save_another() {
        for bytes in [&b"PK\x03\x04rest"[..], &[0x80, 0x02, 0x8a, 0x0a, 0x6c]] {
            let error = StateDict::from_bytes(bytes).unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::PYTORCH_FILE);
            let text = error.to_string();
            assert!(
                text.contains("\n  import torch") && text.contains("\n  safetensors.torch.save_file("),
                "{text}"
            );
        }
        // A header of 640 bytes.
        let error = StateDict::from_bytes(&[0x80, 0x02, 0, 0, 0, 0, 0, 0]).unwrap_err();
        assert_eq!(error.problems()[0].fault, Fault::BAD_WEIGHTS);
    }
}
