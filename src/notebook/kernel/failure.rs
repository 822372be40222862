//! What went wrong in a cell, in one line, from what it put out.

use crate::notebook::document::Output;

/// What went wrong; nothing if nothing did. `reached` says whether the cell came to its end.
pub(in crate::notebook) fn of(outputs: &[Output], reached: bool) -> Option<String> {
    let said = error_stream(outputs);
    let error = outputs.iter().find_map(|output| match output {
        Output::Error { evalue, traceback, .. } => Some((evalue, traceback)),
        _ => None,
    });
    if let Some(message) = panic_message(&said) {
        return Some(format!("a panic: {message}"));
    }
    match error {
        Some((evalue, traceback)) => {
            let head =
                traceback.first().map(|line| plain(line)).filter(|line| line.contains(evalue.as_str()));
            Some(format!("an error: {}", one_line(&head.unwrap_or_else(|| plain(evalue)))))
        }
        None if reached => None,
        None if said.trim().is_empty() => {
            Some("no value, though it ends in one; a cell ends in a value or in a semicolon".into())
        }
        None => Some(format!("that a `?` returned early: {}", one_line(&said))),
    }
}

fn error_stream(outputs: &[Output]) -> String {
    let texts = outputs.iter().filter_map(|output| match output {
        Output::Stream { name, text } if name == "stderr" => Some(plain(&text.0)),
        _ => None,
    });
    texts.collect()
}

/// What the first panic said: the lines after the one that says where.
fn panic_message(said: &str) -> Option<String> {
    let mut lines = said.lines().skip_while(|line| !line.contains("panicked at "));
    lines.next()?;
    let message: Vec<&str> = lines
        .take_while(|line| {
            !line.is_empty() && !line.starts_with("note: ") && !line.starts_with("stack backtrace")
        })
        .collect();
    Some(one_line(&message.join("\n")))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text without the codes that colour it on a terminal: escape, bracket, parameters, a letter.
fn plain(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|letter: char| letter.is_ascii_alphabetic()).map_or(part.len(), |at| at + 1);
        plain.push_str(&part[end..]);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn stderr(text: &str) -> Output {
        Output::of_message("stream", json!({"name": "stderr", "text": text})).unwrap()
    }

    fn error(evalue: &str, traceback: &[&str]) -> Output {
        let content = json!({"ename": "Error", "evalue": evalue, "traceback": traceback});
        Output::of_message("error", content).unwrap()
    }

    #[test]
    fn a_panic_is_told_by_its_message_not_by_the_death_it_causes() {
        let said = "\nthread '<unnamed>' (7) panicked at src/lib.rs:110:1:\nassertion `left == right` failed: one\n  \
                    left: 1\n right: 2\nnote: run with\n\nthread '<unnamed>' (7) panicked at core/src/panicking.rs:225:5:\n\
                    panic in a function that cannot unwind\n";
        let outputs = [stderr(said), error("Subprocess terminated with status: signal: 6", &["Subprocess"])];
        let found = of(&outputs, false).unwrap();
        assert_eq!(found, "a panic: assertion `left == right` failed: one left: 1 right: 2");
    }

    #[test]
    fn an_error_is_told_with_its_code_and_without_colours() {
        let outputs =
            [error("mismatched types", &["\u{1b}[31m[E0308] Error:\u{1b}[0m mismatched types", "more"])];
        assert_eq!(of(&outputs, false).unwrap(), "an error: [E0308] Error: mismatched types");
        assert_eq!(of(&[error("bad", &[])], true).unwrap(), "an error: bad");
    }

    #[test]
    fn an_early_return_is_told_by_the_error_that_it_returned() {
        let found = of(&[stderr("invalid digit\n")], false).unwrap();
        assert_eq!(found, "that a `?` returned early: invalid digit");
        assert!(of(&[], false).unwrap().contains("semicolon"));
    }

    #[test]
    fn words_on_the_error_stream_alone_are_no_failure() {
        assert_eq!(of(&[stderr("a warning\n")], true), None);
    }
}
