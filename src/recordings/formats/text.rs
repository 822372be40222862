//! Text of a file: UTF-8, with or without a byte order mark, or UTF-16 with one.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::{Error, Fault, Place, Result};

/// The most bytes that a text file may have, as it stays in memory while it is read.
pub const MAX_TEXT_BYTES: u64 = 512 << 20;

/// Reads a text file whole.
///
/// # Errors
/// [`Fault::UNREADABLE_FILE`], [`Fault::TEXT_TOO_LONG`] above [`MAX_TEXT_BYTES`], and [`Fault::TEXT_ENCODING`] for another
/// encoding, with the line in which it shows. UTF-16 without a byte order mark is refused: nothing in the file says
/// what it is.
pub(in crate::recordings) fn read(path: &Path) -> Result<String> {
    let unreadable = |cause: std::io::Error| {
        Error::new(Fault::UNREADABLE_FILE, Place::file(path), "a file that can be read", cause.to_string())
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_TEXT_BYTES {
        let expected = format!("text of at most {} MiB", MAX_TEXT_BYTES >> 20);
        return Err(Error::new(Fault::TEXT_TOO_LONG, Place::file(path), expected, "a longer file"));
    }
    decode(bytes).map_err(|Undecodable { line, found }| {
        let place = Place::file(path).line(line);
        Error::new(Fault::TEXT_ENCODING, place, "text in UTF-8, or in UTF-16 with a byte order mark", found)
    })
}

#[derive(Debug, PartialEq)]
struct Undecodable {
    line: u64,
    found: String,
}

fn decode(bytes: Vec<u8>) -> Result<String, Undecodable> {
    match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        _ => utf_8(bytes),
    }
}

fn utf_8(bytes: Vec<u8>) -> Result<String, Undecodable> {
    let line = |end: usize| 1 + bytes[..end].iter().filter(|byte| **byte == b'\n').count() as u64;
    if let Some(zero) = bytes.iter().position(|byte| *byte == 0) {
        return Err(Undecodable {
            line: line(zero),
            found: "a byte 0, as in UTF-16 without the mark".into(),
        });
    }
    match std::str::from_utf8(&bytes) {
        Err(cause) => {
            let at = cause.valid_up_to();
            let found = format!("the byte 0x{:02X}, as in Latin-1 or another encoding", bytes[at]);
            Err(Undecodable { line: line(at), found })
        }
        Ok(text) => match text.strip_prefix('\u{feff}') {
            Some(rest) => Ok(rest.to_owned()),
            None => String::from_utf8(bytes).map_err(|_| unreachable_encoding()),
        },
    }
}

/// Bytes that were found to be UTF-8 a line above.
fn unreachable_encoding() -> Undecodable {
    Undecodable { line: 1, found: "bytes that are not UTF-8".into() }
}

fn utf_16(bytes: &[u8], number: fn([u8; 2]) -> u16) -> Result<String, Undecodable> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len() / 2);
    for letter in char::decode_utf16(pairs.iter().map(|pair| number(*pair))) {
        match letter {
            Ok(letter) if letter != '\0' => text.push(letter),
            _ => return Err(broken(&text)),
        }
    }
    if rest.is_empty() { Ok(text) } else { Err(broken(&text)) }
}

fn broken(before: &str) -> Undecodable {
    let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count() as u64;
    Undecodable { line, found: "UTF-16 that breaks off or is damaged".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
    }

    #[test]
    fn marks_say_the_encoding_and_are_dropped() {
        let text = "Time;F7 (µV)\n0,5;𝄞\n";
        for bytes in [
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
            in_utf_16(text, u16::to_le_bytes),
            in_utf_16(text, u16::to_be_bytes),
        ] {
            assert_eq!(decode(bytes).as_deref(), Ok(text));
        }
    }

    #[test]
    fn other_encodings_are_refused_with_their_line() {
        let line = |bytes: &[u8]| decode(bytes.to_vec()).map_err(|undecodable| undecodable.line);
        assert_eq!(line(b"Time,a\n1,\xB5V\n"), Err(2), "Latin-1");
        assert_eq!(line(&in_utf_16("a\nb", u16::to_le_bytes)[2..]), Err(1), "no mark");
        assert_eq!(line(b"\xFF\xFEa\0\n\0b"), Err(2), "half a letter");
        assert_eq!(line(b"\xFF\xFE\x00\xD8a\0"), Err(1), "half a pair");
    }
}
