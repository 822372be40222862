//! How much of a document its parser must hold at once.

/// The longest tag, text or comment that a sheet may have, in bytes. A cell holds 32 767 letters at most.
pub(super) const MAX_PIECE_BYTES: usize = 1 << 20;

/// Follows a document of XML and measures its pieces: tags, texts between them, comments and the like. A parser that
/// reads piece by piece holds one of them at a time.
///
/// Where a document is not well-formed a piece may be taken for longer than the parser does, never for shorter.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    inside: Inside,
    length: usize,
    longest: usize,
}

/// What the next byte is part of.
#[derive(Debug, Default, Clone, Copy)]
enum Inside {
    #[default]
    Text,
    /// Behind `<`.
    Opening,
    /// Behind `<!`.
    Declaration,
    Tag,
    /// In a tag, up to this quotation mark.
    Quoted(u8),
    /// Up to `-->`, `]]>` or `?>`; how many bytes before the last are there.
    Until {
        before: u8,
        needed: i8,
        seen: i8,
    },
    /// A document type: no workbook has one.
    Forever,
}

impl Pieces {
    /// Goes on through the next bytes.
    pub(super) fn follow(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.length += 1;
            let (inside, ends) = self.inside.after(byte);
            self.inside = inside;
            if ends {
                self.longest = self.longest.max(self.length);
                self.length = 0;
            }
        }
        self.longest = self.longest.max(self.length);
    }

    /// Bytes of the longest piece so far.
    pub(super) const fn longest(&self) -> usize {
        self.longest
    }
}

impl Inside {
    /// What the byte behind this one is part of, and whether a piece ends with it.
    #[inline]
    fn after(self, byte: u8) -> (Self, bool) {
        match (self, byte) {
            (Self::Text, b'<') => (Self::Opening, true),
            (Self::Text, _) => (Self::Text, false),
            (Self::Opening, b'!') => (Self::Declaration, false),
            (Self::Opening, b'?') => (Self::Until { before: b'?', needed: 1, seen: 0 }, false),
            // The second dash opens the comment and closes nothing.
            (Self::Declaration, b'-') => (Self::Until { before: b'-', needed: 2, seen: -1 }, false),
            (Self::Declaration, b'[') => (Self::Until { before: b']', needed: 2, seen: 0 }, false),
            (Self::Declaration | Self::Forever, _) => (Self::Forever, false),
            (Self::Opening | Self::Tag, b'>') => (Self::Text, true),
            (Self::Opening | Self::Tag, b'"' | b'\'') => (Self::Quoted(byte), false),
            (Self::Opening | Self::Tag, _) => (Self::Tag, false),
            (Self::Quoted(mark), _) if mark == byte => (Self::Tag, false),
            (Self::Quoted(_), _) => (self, false),
            (Self::Until { needed, seen, .. }, b'>') if seen >= needed => (Self::Text, true),
            (Self::Until { before, needed, seen }, _) => {
                let seen = if byte == before { (seen + 1).min(needed) } else { 0 };
                (Self::Until { before, needed, seen }, false)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn longest(document: &str) -> usize {
        let mut pieces = Pieces::default();
        document.as_bytes().chunks(3).for_each(|bytes| pieces.follow(bytes));
        pieces.longest()
    }

    #[test]
    fn a_sheet_has_short_pieces() {
        let row = "<c r=\"B2\" t='n'><v>0.25</v></c>";
        assert_eq!(longest(&row.repeat(100)), "c r=\"B2\" t='n'>".len());
    }

    #[test]
    fn no_mark_inside_a_piece_ends_it() {
        let filler = "<a>'".repeat(20);
        for (start, end) in [
            ("<!--", "-->"),
            ("<!-- ->", "-->"),
            ("<!--->", "-->"),
            ("<![CDATA[ ]>", "]]>"),
            ("<? >", "?>"),
            ("<c r=\"", "\">"),
            ("<!DOCTYPE a [", "]>"),
        ] {
            let document = format!("<b>{start}{filler}{end}<b>");
            assert!(longest(&document) >= filler.len() + end.len(), "{start}");
        }
        assert_eq!(longest(&"x".repeat(50)), 50);
    }

    #[test]
    fn pieces_after_a_comment_are_short_again() {
        assert!(longest(&format!("<!-- a --->{}<![CDATA[]]]>{}", "<b>".repeat(40), "<b>".repeat(40))) < 20);
    }
}
