//! A split as a file: written once, read by every run, and simple enough to write by hand.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Fold, Origin, Parts, Scheme, Split};
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::{Design, Fingerprint, RecordingId};
use crate::store::write_atomically;

/// The form of a manifest and its version, the first field of each.
pub const FORMAT: &str = "eegenre split 1";

/// The scheme of a split that was put together by hand.
const CUSTOM: &str = "custom";

/// The fields of a manifest. Each is typed later, so that a mistake is named by its field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    format: Value,
    scheme: Value,
    #[serde(default)]
    seed: Value,
    #[serde(default)]
    fold: Value,
    data: Data,
    training: Value,
    validation: Value,
    test: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    fingerprint: Value,
}

/// Manifests.
impl Split {
    /// The manifest of this split, as JSON with the recordings of one stimulus on one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        let Origin { scheme, seed, fold } = self.origin;
        let mut fields = vec![
            field("format", format!("\"{FORMAT}\"")),
            field("scheme", format!("\"{}\"", scheme.map_or(CUSTOM.to_owned(), |scheme| scheme.to_string()))),
        ];
        fields.extend(seed.map(|seed| field("seed", seed.to_string())));
        fields.extend(
            fold.map(|Fold { number, of }| field("fold", format!(r#"{{"number": {number}, "of": {of}}}"#))),
        );
        fields.push(field("data", format!(r#"{{"fingerprint": "{}"}}"#, self.data)));
        fields.extend(self.parts.named().map(|(name, recordings)| field(name, list(recordings))));
        format!("{{\n{}\n}}\n", fields.join(",\n"))
    }

    /// Reads a manifest for a data set.
    ///
    /// `seed` and `fold` may be left out. The scheme `"custom"` stands for a split by hand, whose validation may be
    /// empty; the grouped schemes promise that no participant or no stimulus is in two parts, and are held to it.
    /// Recordings of the data set that stand nowhere are [unused](Split::unused).
    ///
    /// ```
    /// # use eegenre::recordings::{Channels, DataSet, Recording, RecordingId};
    /// # let recordings = ["S1/P01", "S2/P01", "S5/P02", "S9/P03"].map(|name| {
    /// #     let RecordingId { stimulus, participant, take } = name.parse().unwrap();
    /// #     let label = "any".parse().unwrap();
    /// #     Recording {
    /// #         stimulus, label, participant, take, session: None, rate_hz: 8.0, channels: Channels::ONE, samples: vec![1.0],
    /// #         synthetic: None,
    /// #     }
    /// # });
    /// # let data = DataSet::new(recordings.to_vec())?;
    /// # let fingerprint = data.fingerprint();
    /// use eegenre::preparation::Split;
    ///
    /// let manifest = format!(r#"{{
    ///     "format": "eegenre split 1",
    ///     "scheme": "custom",
    ///     "data": {{"fingerprint": "{fingerprint}"}},
    ///     "training": ["S1/P01", "S5/P02"],
    ///     "validation": [],
    ///     "test": ["S9/P03"]
    /// }}"#);
    /// let split = Split::from_json(&manifest, &data)?;
    /// assert_eq!(split.leakage().to_string(), "participants 0/3, stimuli 0/3");
    /// assert_eq!(split.unused()[0].to_string(), "S2/P01");
    /// # Ok::<(), eegenre::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Fault::BAD_MANIFEST`] if it is not JSON of this form, has an unknown field, lacks one or has one twice;
    /// - [`Fault::FOREIGN_MANIFEST`] if it belongs to other data: both fingerprints are named;
    /// - [`Fault::UNREADABLE_RECORDING`] for each name that is not of the form `S1/P01`;
    /// - [`Fault::BROKEN_SCHEME`] if parts share what the scheme promises to keep apart;
    /// - the errors of [`Split::custom`].
    ///
    /// Each names its field, as `test[3]`.
    pub fn from_json(json: &str, data: &Design) -> Result<Self> {
        let fields: Fields = serde_json::from_str(json)
            .map_err(|error| bad("manifest", "JSON with the fields of a split", error.to_string()))?;
        let format: String = typed("format", fields.format)?;
        if format != FORMAT {
            return Err(bad("format", format!("{FORMAT:?}"), format!("{format:?}")));
        }
        let fingerprint: Fingerprint = typed("data.fingerprint", fields.data.fingerprint)?;
        if fingerprint != data.fingerprint() {
            return Err(Error::new(
                Fault::FOREIGN_MANIFEST,
                Place::field("data.fingerprint"),
                format!("that of the recordings, {}", data.fingerprint()),
                fingerprint.to_string(),
            ));
        }
        let origin = Origin {
            scheme: scheme(typed("scheme", fields.scheme)?)?,
            seed: typed("seed", fields.seed)?,
            fold: fold(typed("fold", fields.fold)?)?,
        };
        let named = [("training", fields.training), ("validation", fields.validation), ("test", fields.test)];
        let parts = Error::gather(named.into_iter().map(|(name, value)| recordings(name, value)))?;
        let Ok([training, validation, test]) = <[Vec<RecordingId>; 3]>::try_from(parts) else {
            unreachable!("there are as many parts as names");
        };
        let parts = Parts { training, validation, test };
        Self::checked(data, origin, parts)
    }

    /// Reads a manifest file for a data set.
    ///
    /// # Errors
    /// [`Fault::UNREADABLE_FILE`] if there is no such file or it is not text; else those of [`Split::from_json`], each
    /// with the file's name.
    pub fn read(path: impl AsRef<Path>, data: &Design) -> Result<Self> {
        let path = path.as_ref();
        let json = fs::read_to_string(path).map_err(|error| {
            Error::new(Fault::UNREADABLE_FILE, Place::file(path), "a manifest", error.to_string())
        })?;
        Self::from_json(&json, data)
            .map_err(|error| error.placed(|place| Place { file: Some(path.to_owned()), ..place }))
    }

    /// Writes the manifest to a file, whole or not at all.
    ///
    /// # Errors
    /// [`Fault::UNWRITABLE`], see [`write_atomically`].
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        write_atomically(path, self.to_json().as_bytes())
    }
}

fn field(name: &str, value: String) -> String {
    format!("  \"{name}\": {value}")
}

/// A JSON array with the recordings of one stimulus on one line.
fn list(recordings: &[RecordingId]) -> String {
    if recordings.is_empty() {
        return "[]".to_owned();
    }
    let line = |recordings: &[RecordingId]| {
        let names: Vec<String> = recordings.iter().map(|id| format!("\"{id}\"")).collect();
        format!("    {}", names.join(", "))
    };
    let lines: Vec<String> = recordings.chunk_by(|a, b| a.stimulus == b.stimulus).map(line).collect();
    format!("[\n{}\n  ]", lines.join(",\n"))
}

fn bad(field: &str, expected: impl Into<String>, found: impl Into<String>) -> Error {
    Error::new(Fault::BAD_MANIFEST, Place::field(field), expected, found)
}

/// The value of a field as a type.
fn typed<T: DeserializeOwned>(name: &str, value: Value) -> Result<T> {
    serde_json::from_value(value)
        .map_err(|error| bad(name, "a value of this field's form", error.to_string()))
}

fn scheme(name: String) -> Result<Option<Scheme>> {
    if name == CUSTOM {
        return Ok(None);
    }
    let unknown =
        |_| bad("scheme", "random, participant, stimulus, session, both or custom", format!("{name:?}"));
    name.parse().map(Some).map_err(unknown)
}

fn fold(fold: Option<Fold>) -> Result<Option<Fold>> {
    match fold {
        Some(fold) if !(1..=fold.of).contains(&fold.number) => {
            Err(bad("fold", "a number from 1 to the number of folds", fold.to_string()))
        }
        fold => Ok(fold),
    }
}

fn recordings(part: &str, value: Value) -> Result<Vec<RecordingId>> {
    let names: Vec<String> = typed(part, value)?;
    Error::gather(names.iter().enumerate().map(|(index, name)| {
        let id: Result<RecordingId> = name.parse();
        id.map_err(|error| error.placed(|_| Place::field(format!("{part}[{index}]"))))
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::{any_data_set, data_set, ids, paper_like, recording};
    use super::*;
    use crate::recordings::DataSet;

    fn small() -> DataSet {
        data_set(["S1/P01", "S2/P01", "S5/P02", "S9/P03"].map(|name| recording(name, &[1.0])).to_vec())
    }

    /// A manifest for the small set by hand, with one piece of its text replaced.
    fn manifest(from: &str, to: &str) -> String {
        let json = format!(
            r#"{{"format": "eegenre split 1", "scheme": "custom", "seed": 1, "fold": {{"number": 1, "of": 2}},
            "data": {{"fingerprint": "{}"}},
            "training": ["S1/P01", "S2/P01"], "validation": ["S5/P02"], "test": ["S9/P03"]}}"#,
            small().fingerprint()
        );
        assert!(json.contains(from), "{from}");
        json.replace(from, to)
    }

    #[test]
    fn a_manifest_has_one_line_for_the_recordings_of_a_stimulus() {
        let [s1, s2] = ["S1", "S2"].map(|stimulus| [1, 2, 3].map(|who| format!("{stimulus}/P{who:02}")));
        let data = data_set([s1, s2].concat().iter().map(|name| recording(name, &[1.0])).collect());
        let training = ids(&["S2/P03", "S1/P02", "S1/P01"]);
        let split = Split::custom(&data, training, vec![], ids(&["S2/P01"])).unwrap();
        let expected = r#"{
  "format": "eegenre split 1",
  "scheme": "custom",
  "data": {"fingerprint": "FINGERPRINT"},
  "training": [
    "S1/P01", "S1/P02",
    "S2/P03"
  ],
  "validation": [],
  "test": [
    "S2/P01"
  ]
}
"#;
        assert_eq!(split.to_json(), expected.replace("FINGERPRINT", &data.fingerprint().to_string()));
    }

    #[test]
    fn seed_fold_and_a_custom_validation_may_be_missing() {
        let full = Split::from_json(&manifest("", ""), &small()).unwrap();
        let fold = Some(Fold { number: 1, of: 2 });
        assert_eq!(full.origin(), Origin { scheme: None, seed: Some(1), fold });
        let json = manifest(r#""seed": 1, "fold": {"number": 1, "of": 2},"#, "");
        let split = Split::from_json(&json.replace(r#""S5/P02""#, ""), &small()).unwrap();
        assert_eq!(split.origin(), Origin::default());
        assert_eq!(split.unused(), ids(&["S5/P02"]));
    }

    #[test]
    fn each_mistake_has_its_fault_and_names_its_field() {
        let other = "0".repeat(64);
        let small_print = small().fingerprint().to_string();
        for (from, to, fault, place) in [
            ("split 1", "split 2", Fault::BAD_MANIFEST, "format"),
            ("custom", "stratified", Fault::BAD_MANIFEST, "scheme"),
            (r#""seed": 1"#, r#""seed": -1"#, Fault::BAD_MANIFEST, "seed"),
            (r#""seed": 1"#, r#""seed": "1""#, Fault::BAD_MANIFEST, "seed"),
            (r#""number": 1"#, r#""number": 3"#, Fault::BAD_MANIFEST, "fold"),
            (r#""number": 1"#, r#""number": 0"#, Fault::BAD_MANIFEST, "fold"),
            (r#""of": 2"#, r#""off": 2"#, Fault::BAD_MANIFEST, "fold"),
            (r#""seed""#, r#""sede""#, Fault::BAD_MANIFEST, "manifest"),
            (r#""validation""#, r#""test""#, Fault::BAD_MANIFEST, "manifest"),
            (r#"{"fingerprint"#, r#"{"name": "mine", "fingerprint"#, Fault::BAD_MANIFEST, "manifest"),
            (r#"]}"#, "]", Fault::BAD_MANIFEST, "manifest"),
            (r#"["S9/P03"]"#, r#""S9/P03""#, Fault::BAD_MANIFEST, "test"),
            (&small_print, "12", Fault::BAD_MANIFEST, "data.fingerprint"),
            (&small_print, &other, Fault::FOREIGN_MANIFEST, "data.fingerprint"),
            ("S2/P01", "S2 P1", Fault::UNREADABLE_RECORDING, "training[1]"),
            ("S2/P01", "S2/P02", Fault::UNKNOWN_RECORDING, "training[1]"),
            ("S2/P01", "S1/P01", Fault::REPEATED_RECORDING, "training[1]"),
            ("S5/P02", "S1/P01", Fault::REPEATED_RECORDING, "validation[0]"),
            (r#""S9/P03""#, "", Fault::EMPTY_PART, "test"),
            (r#""S1/P01", "S2/P01""#, "", Fault::EMPTY_PART, "training"),
        ] {
            let error = Split::from_json(&manifest(from, to), &small()).unwrap_err();
            let [problem] = error.problems() else { panic!("one problem for {to}: {error}") };
            assert_eq!((problem.fault, problem.place.to_string().as_str()), (fault, place), "{to}");
        }
    }

    #[test]
    fn a_drawn_split_needs_validation() {
        let json = manifest("custom", "random").replace(r#""S5/P02""#, "");
        let error = Split::from_json(&json, &small()).unwrap_err();
        assert_eq!(error.problems()[0].fault, Fault::EMPTY_PART);
    }

    #[test]
    fn a_manifest_is_held_to_what_its_scheme_promises() {
        let separate = manifest("", "");
        let p01_in_two = manifest(
            r#""S1/P01", "S2/P01"], "validation": ["S5/P02"]"#,
            r#""S1/P01"], "validation": ["S2/P01", "S5/P02"]"#,
        );
        for (scheme, keeps) in [("random", true), ("participant", false), ("stimulus", true), ("both", false)]
        {
            let read = |json: &str| Split::from_json(&json.replace("custom", scheme), &small());
            assert!(read(&separate).is_ok(), "{scheme}");
            match read(&p01_in_two) {
                Ok(split) => assert!(keeps, "{split:?}"),
                Err(error) => {
                    assert!(!keeps, "{error}");
                    assert_eq!(error.problems()[0].fault, Fault::BROKEN_SCHEME);
                    assert_eq!(error.problems()[0].found, "P01");
                }
            }
        }
    }

    #[test]
    fn a_foreign_manifest_names_both_data_sets() {
        let split = Split::random(&paper_like(), 0).unwrap();
        let error = Split::from_json(&split.to_json(), &small()).unwrap_err().to_string();
        let prints = [paper_like(), small()].map(|data| data.fingerprint().to_string());
        assert!(prints.iter().all(|print| error.contains(print)), "{error}");
    }

    #[test]
    fn a_file_is_written_and_read_and_named_in_errors() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("split.json");
        let split = Split::random(&paper_like(), 0).unwrap();
        split.write(&path).unwrap();
        assert_eq!(Split::read(&path, &paper_like()).unwrap(), split);
        let error = Split::read(&path, &small()).unwrap_err();
        assert_eq!(error.problems()[0].place, Place { file: Some(path), ..Place::field("data.fingerprint") });
        let absent = Split::read(folder.path().join("absent.json"), &small()).unwrap_err();
        assert_eq!(absent.problems()[0].fault, Fault::UNREADABLE_FILE);
    }

    proptest! {
        #[test]
        fn a_manifest_gives_the_split_back(data in any_data_set(), seed: u64) {
            for scheme in Scheme::ALL {
                for split in scheme.draw(&data, seed).into_iter().flatten() {
                    let again = Split::from_json(&split.to_json(), &data).unwrap();
                    prop_assert_eq!(again.digest(), split.digest());
                    prop_assert_eq!(again, split);
                }
            }
        }

        #[test]
        fn a_damaged_manifest_never_panics_and_never_reads_as_a_bad_split(
            edits in proptest::collection::vec((any::<prop::sample::Index>(), 0_usize..4, any::<u8>()), 1..6)
        ) {
            let data = small();
            let mut bytes = manifest("", "").into_bytes();
            for (at, kind, byte) in edits {
                let at = at.index(bytes.len());
                match kind {
                    0 => bytes[at] = byte,
                    1 => bytes.insert(at, byte),
                    2 => drop(bytes.remove(at)),
                    _ => bytes.extend_from_within(at..),
                }
            }
            if let Ok(split) = Split::from_json(&String::from_utf8_lossy(&bytes), &data) {
                let mut names = [split.training(), split.validation(), split.test(), split.unused()].concat();
                names.sort_unstable();
                let all: Vec<_> = data.outlines().iter().map(|recording| recording.id()).collect();
                prop_assert_eq!(names, all);
                prop_assert!(!split.training().is_empty() && !split.test().is_empty());
            }
        }

        #[test]
        fn any_value_in_a_field_is_read_or_refused(
            field in prop::sample::select(vec!["format", "scheme", "data", "training", "validation", "test"]),
            value in prop_oneof![
                Just(Value::Null), any::<bool>().prop_map(Value::from), any::<i64>().prop_map(Value::from),
                any::<f64>().prop_map(Value::from), "\\PC{0,8}".prop_map(Value::from),
                Just(serde_json::json!({})), Just(serde_json::json!([[]])), Just(serde_json::json!([1])),
                "[SPsp/0-9]{0,12}".prop_map(|name| serde_json::json!([name, "S3/P99"])),
            ]
        ) {
            let mut json: Value = serde_json::from_str(&manifest("", "")).unwrap();
            json[field] = value;
            prop_assert!(Split::from_json(&json.to_string(), &small()).is_err(), "{}", json);
        }
    }
}
