//! Writes small EDF and BDF files for tests, sound unless a field is changed.

/// A signal to write.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) label: String,
    pub(super) unit: String,
    /// Physical minimum and maximum, digital minimum and maximum, as text.
    pub(super) limits: [String; 4],
    pub(super) per_record: usize,
    /// Integers of all records, or the bytes of annotations, one text a record.
    pub(super) contents: Contents,
}

#[derive(Debug, Clone)]
pub(super) enum Contents {
    Integers(Vec<i32>),
    Annotations(Vec<String>),
}

/// A file to write. Each field can be set to anything.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    pub(super) is_bdf: bool,
    pub(super) reserved: &'static str,
    pub(super) header_bytes: Option<String>,
    pub(super) records: String,
    pub(super) seconds: String,
    pub(super) signals: Vec<Written>,
}

impl Writer {
    /// A sound file of signals whose integers fill whole records of one second.
    pub(super) fn new(is_bdf: bool, signals: Vec<Written>) -> Self {
        let records = signals.first().map_or(0, |signal| match &signal.contents {
            Contents::Integers(integers) => integers.len() / signal.per_record,
            Contents::Annotations(texts) => texts.len(),
        });
        let reserved = if is_bdf { "24BIT" } else { "" };
        Self {
            is_bdf,
            reserved,
            header_bytes: None,
            records: records.to_string(),
            seconds: "1".into(),
            signals,
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut put = |text: &str, width: usize| {
            let letters: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
            bytes.extend((0..width).map(|index| letters.get(index).copied().unwrap_or(b' ')));
        };
        put(if self.is_bdf { "\u{ff}BIOSEMI" } else { "0" }, 8);
        put("X X X X", 80);
        put("Startdate 01-JAN-2020 X X X", 80);
        put("01.01.20", 8);
        put("00.00.00", 8);
        let header_bytes = 256 * (self.signals.len() + 1);
        put(&self.header_bytes.clone().unwrap_or(header_bytes.to_string()), 8);
        put(self.reserved, 44);
        put(&self.records, 8);
        put(&self.seconds, 8);
        put(&self.signals.len().to_string(), 4);
        let all = |put: &mut dyn FnMut(&str, usize), field: &dyn Fn(&Written) -> String, width: usize| {
            self.signals.iter().for_each(|signal| put(&field(signal), width));
        };
        all(&mut put, &|signal| signal.label.clone(), 16);
        all(&mut put, &|_| String::new(), 80);
        all(&mut put, &|signal| signal.unit.clone(), 8);
        for limit in 0..4 {
            all(&mut put, &|signal| signal.limits[limit].clone(), 8);
        }
        all(&mut put, &|_| String::new(), 80);
        all(&mut put, &|signal| signal.per_record.to_string(), 8);
        all(&mut put, &|_| String::new(), 32);
        bytes.extend(self.data());
        bytes
    }

    fn data(&self) -> Vec<u8> {
        let width = if self.is_bdf { 3 } else { 2 };
        let mut bytes = Vec::new();
        for record in 0..self.most_records() {
            for signal in &self.signals {
                match &signal.contents {
                    Contents::Integers(integers) => {
                        let own = integers.iter().skip(record * signal.per_record).take(signal.per_record);
                        own.for_each(|integer| bytes.extend(&integer.to_le_bytes()[..width]));
                    }
                    Contents::Annotations(texts) => {
                        let mut text = texts[record].clone().into_bytes();
                        text.resize(signal.per_record * width, 0);
                        bytes.extend(text);
                    }
                }
            }
        }
        bytes
    }

    fn most_records(&self) -> usize {
        let records = self.signals.iter().map(|signal| match &signal.contents {
            Contents::Integers(integers) => integers.len() / signal.per_record.max(1),
            Contents::Annotations(texts) => texts.len(),
        });
        records.max().unwrap_or(0)
    }
}

/// A signal of integers whose physical value is a tenth of them.
pub(super) fn signal(label: &str, per_record: usize, integers: Vec<i32>) -> Written {
    let limits = ["-3276.8", "3276.7", "-32768", "32767"].map(String::from);
    Written {
        label: label.into(),
        unit: "uV".into(),
        limits,
        per_record,
        contents: Contents::Integers(integers),
    }
}

/// Annotations that give the onset of each record.
pub(super) fn onsets(seconds: &[f64]) -> Written {
    let texts = seconds.iter().map(|seconds| format!("{seconds:+}\u{14}\u{14}\0")).collect();
    let limits = ["-1", "1", "-32768", "32767"].map(String::from);
    let label = "EDF Annotations".into();
    Written { label, unit: String::new(), limits, per_record: 16, contents: Contents::Annotations(texts) }
}
