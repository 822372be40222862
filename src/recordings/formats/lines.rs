//! Lines of a text file, as an editor numbers them.

/// Counts the lines of a text up to places in it, each after the one before. A line ends with `\n`, `\r\n` or `\r`.
pub(crate) struct Lines<'a> {
    text: &'a [u8],
    /// How far lines were counted, and the line there, from 1.
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub(crate) const fn of(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    /// The line of a record. The `csv` crate counts line breaks and blank lines before a record as its beginning, so the
    /// line that it gives may be an earlier one.
    pub(crate) fn line_of(&mut self, record: &csv::StringRecord) -> u64 {
        let start = record.position().map_or(0, |position| position.byte() as usize);
        let is_break = |byte: &u8| matches!(byte, b'\n' | b'\r');
        let blank =
            self.text.get(start..).unwrap_or_default().iter().take_while(|byte| is_break(byte)).count();
        let start = (start + blank).clamp(self.at, self.text.len());
        for at in self.at..start {
            let after_return = at > 0 && self.text[at - 1] == b'\r';
            self.line += u64::from(self.text[at] == b'\r' || (self.text[at] == b'\n' && !after_return));
        }
        self.at = start;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_an_editor_whatever_ends_them() {
        for text in ["a,b\n\n1,2\n3,4\n", "a,b\r\n\r\n1,2\r\n3,4\r\n", "a,b\r\r1,2\r3,4"] {
            let mut lines = Lines::of(text);
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
            let numbers: Vec<u64> = reader.records().map(|record| lines.line_of(&record.unwrap())).collect();
            assert_eq!(numbers, [1, 3, 4], "{text:?}");
        }
        let quoted = "\"a\nb\",c\n1,2\n";
        let mut lines = Lines::of(quoted);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(quoted.as_bytes());
        assert_eq!(
            reader.records().map(|record| lines.line_of(&record.unwrap())).collect::<Vec<_>>(),
            [1, 3]
        );
    }
}
