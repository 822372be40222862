//! How a notebook is written: each step in words, then one short cell that calls the library, then what it shows.

use proc_macro2::{LexError, TokenStream, TokenTree};

use crate::notebook::document::{Cell, Code, Document, LIVE};

/// Lines of a code cell at most, and of a live one, which may build what it trains.
const LINES: usize = 15;
const LIVE_LINES: usize = 20;

/// Characters of a line of a live cell at most: so many fit beside JupyterLab's list of files in a window of 1400 pixels.
const LIVE_WIDTH: usize = 120;

/// How the first code cell begins. Without its first line the kernel reports a panic as success.
const FIRST_CELL: &str = ":preserve_vars_on_panic 0\n:dep eegenre = { path = \"..\" }\n";

/// A rule that a cell breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    /// Which cell, as a reader would look for it.
    pub cell: String,
    /// The rule.
    pub expected: String,
    /// What the cell does instead.
    pub found: String,
}

/// Every rule that a notebook breaks.
pub(super) fn lint(document: &Document) -> Vec<Broken> {
    let mut broken = Vec::new();
    for (number, code) in (1..).zip(document.code()) {
        for (expected, found) in rules_of_a_cell(code) {
            broken.push(Broken { cell: named(number, code), expected, found });
        }
    }
    let mut cells = document.code().enumerate();
    match cells.next() {
        Some((_, first)) if first.source().starts_with(FIRST_CELL.trim_end()) => {}
        first => broken.push(Broken {
            cell: "first code cell".into(),
            expected: format!("it to begin with `{}`", FIRST_CELL.trim_end().replace('\n', "`, `")),
            found: first
                .map_or_else(|| "no code cell".into(), |(_, code)| format!("`{}`", code.first_line())),
        }),
    }
    if let Some(last) = document.code().last()
        && !words(last.source()).is_ok_and(|words| words.iter().any(|word| word.ends_with("checks")))
    {
        broken.push(Broken {
            cell: "last code cell".into(),
            expected: "it to write the notebook's checks".into(),
            found: format!("`{}`", last.first_line()),
        });
    }
    broken.extend(without_words(document));
    broken.extend(not_exercise(document));
    broken
}

/// An exercise that cannot be read, or that does not change one live cell.
fn not_exercise(document: &Document) -> Option<Broken> {
    let (expected, found) = document.exercises().err()?;
    Some(Broken { cell: "exercise".into(), expected, found })
}

fn named(number: usize, code: &Code) -> String {
    format!("code cell {number} `{}`", code.first_line())
}

/// The rules that one cell breaks: what was expected, what was found.
fn rules_of_a_cell(code: &Code) -> Vec<(String, String)> {
    let mut broken = Vec::new();
    let source = code.source();
    let is_live = source.starts_with(LIVE);
    let (lines, most) = (source.lines().count(), if is_live { LIVE_LINES } else { LINES });
    if lines > most {
        broken.push((format!("at most {most} lines"), format!("{lines}")));
    }
    let mut widths = (1..).zip(source.lines().map(|line| line.chars().count()));
    if is_live && let Some((number, width)) = widths.find(|(_, width)| *width > LIVE_WIDTH) {
        let found = format!("{width} in line {number}");
        broken.push((format!("lines of at most {LIVE_WIDTH} characters"), found));
    }
    let words = words(source).unwrap_or_else(|cause| {
        broken.push(("code that Rust can read".into(), cause));
        Vec::new()
    });
    let has = |wanted: &[&str]| words.iter().find(|word| wanted.contains(&word.as_str()));
    if !is_live && let Some(word) = has(&["fn", "for", "while", "loop"]) {
        let expected = format!("no function and no loop, or the first line `{}...`", LIVE);
        broken.push((expected, format!("`{word}`")));
    }
    if let Some(word) = has(&["unsafe"]) {
        broken.push(("no unsafe code".into(), format!("`{word}`")));
    }
    if !is_live && source.contains(".train(") {
        broken.push((
            format!("a cell that trains to begin with `{}`", LIVE.trim_end()),
            code.first_line().into(),
        ));
    }
    if let Some(colour) = colour(source, &words) {
        broken.push(("no colour: the figures' theme has them".into(), format!("`{colour}`")));
    }
    broken
}

/// Code cells that lack words before or after them.
fn without_words(document: &Document) -> Vec<Broken> {
    let is_words = |cell: Option<&Cell>| matches!(cell, Some(Cell::Markdown(_)));
    let mut broken = Vec::new();
    let mut number = 0;
    for (at, cell) in document.cells.iter().enumerate() {
        let Cell::Code(code) = cell else { continue };
        number += 1;
        let before = at.checked_sub(1).and_then(|before| document.cells.get(before));
        for (neighbour, side) in [(before, "before"), (document.cells.get(at + 1), "after")] {
            if !is_words(neighbour) {
                broken.push(Broken {
                    cell: named(number, code),
                    expected: format!("a Markdown cell {side} it"),
                    found: if neighbour.is_some() { "another cell" } else { "none" }.into(),
                });
            }
        }
    }
    broken
}

/// The words of code, without those of its texts and comments, or why Rust cannot read it.
fn words(source: &str) -> Result<Vec<String>, String> {
    let tokens: TokenStream = source.parse().map_err(|cause: LexError| cause.to_string())?;
    let (mut words, mut left) = (Vec::new(), vec![tokens]);
    while let Some(tokens) = left.pop() {
        for token in tokens {
            match token {
                TokenTree::Ident(word) => words.push(word.to_string()),
                TokenTree::Group(group) => left.push(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
    Ok(words)
}

/// The first colour: a type or constant of plotters, or six hexadecimal digits after a `#`.
fn colour(source: &str, words: &[String]) -> Option<String> {
    const TYPES: [&str; 4] = ["RGBColor", "RGBAColor", "HSLColor", "BGRXPixel"];
    const NAMES: [&str; 8] = ["RED", "GREEN", "BLUE", "BLACK", "WHITE", "YELLOW", "CYAN", "MAGENTA"];
    let hexadecimal = source.match_indices('#').find_map(|(at, _)| {
        let digits = source.get(at + 1..at + 7)?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| format!("#{digits}"))
    });
    let is_colour = |word: &&String| TYPES.contains(&word.as_str()) || NAMES.contains(&word.as_str());
    hexadecimal.or_else(|| words.iter().find(is_colour).cloned())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// A notebook of these code cells, with words around each.
    pub fn notebook(cells: &[&str]) -> Document {
        crate::notebook::document::tests::notebook(cells, "Words.")
    }

    fn of_cells(cells: &[Value]) -> Document {
        let json = json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5});
        serde_json::from_value(json).unwrap()
    }

    pub const LAST_CELL: &str = "session.write_checks()?;";

    /// The only rule that a notebook breaks whose middle cell is this.
    fn broken(cell: &str) -> String {
        let broken = lint(&notebook(&[FIRST_CELL, cell, LAST_CELL]));
        assert_eq!(broken.len(), 1, "{broken:?}");
        assert!(broken[0].cell.starts_with("code cell 2 `"), "{}", broken[0].cell);
        format!("{}, found {}", broken[0].expected, broken[0].found)
    }

    #[test]
    fn a_notebook_as_it_should_be_breaks_no_rule() {
        let cell =
            "// for all: no loop\nlet title = \"the fn of a while loop\"; // unsafe\nformat!(\"{title}\")";
        assert_eq!(lint(&notebook(&[FIRST_CELL, cell, LAST_CELL])), []);
    }

    #[test]
    fn texts_letters_and_comments_of_every_kind_are_no_code() {
        for cell in [
            "r#\"a \"for\" loop\"#",
            "br##\"unsafe \"# fn\"##",
            "b\"loop \\\" fn\"",
            "c\"while\"",
            "['\"', '\\'', '\\u{22}']; b'\"'",
            "\"over two lines:\nfor each fn\"",
            "/* loop /* unsafe */ for */ x",
            "x // a \"text\" of a while loop",
            "let all: &'static str = \"x\"; 'outer: { break 'outer }",
        ] {
            assert_eq!(lint(&notebook(&[FIRST_CELL, cell, LAST_CELL])), [], "{cell}");
        }
        for (cell, found) in [
            ("let mark = '\"'; unsafe { go() } // \"", "`unsafe`"),
            ("text(r\"\\\"); for x in 0..3 {}", "`for`"),
            ("/* \" */ loop { break } /* \" */", "`loop`"),
            ("b'\\''; fn f() {}", "`fn`"),
            ("one(two[three(RED)])", "`RED`"),
        ] {
            assert!(broken(cell).ends_with(found), "{cell}");
        }
        assert!(broken("draw(\"").starts_with("code that Rust can read"));
    }

    #[test]
    fn a_live_cell_may_have_functions_and_loops_and_trains() {
        let cell = "// Live: by hand.\nfn double(x: f32) -> f32 { 2.0 * x }\nfor x in 0..3 {}";
        assert_eq!(lint(&notebook(&[FIRST_CELL, cell, LAST_CELL])), []);
        assert!(
            broken("let live = here.train(Model::Cnn, 2)?;").starts_with("a cell that trains to begin with")
        );
    }

    #[test]
    fn an_exercise_changes_code_of_one_live_cell() {
        let with = |answer: &str| {
            let cells = [FIRST_CELL, "// Live: units.\nlet units = 32;", LAST_CELL];
            lint(&crate::notebook::document::tests::notebook(&cells, answer))
        };
        assert_eq!(with("Change `32` to `8`: the cell prints `8 units`."), []);
        assert_eq!(with("Change `64` to `8`: the cell prints `8 units`.")[0].found, "0 such cells");
        assert_eq!(with("Change `32` into `8`.")[0].found, "Change `32` into `8`.");
    }

    #[test]
    fn a_cell_has_at_most_15_lines_and_a_live_one_20() {
        assert_eq!(broken(&"x;\n".repeat(16)), "at most 15 lines, found 16");
        assert_eq!(broken(&format!("// Live: x.\n{}", "x;\n".repeat(20))), "at most 20 lines, found 21");
    }

    #[test]
    fn a_line_of_a_live_cell_has_at_most_120_characters() {
        let line = |characters: usize| format!("// Live: x.\n{}", "x".repeat(characters));
        assert_eq!(lint(&notebook(&[FIRST_CELL, &line(120), LAST_CELL])), []);
        assert_eq!(broken(&line(121)), "lines of at most 120 characters, found 121 in line 2");
    }

    #[test]
    fn a_cell_has_no_function() {
        assert!(broken("fn double(x: f32) -> f32 { 2.0 * x }").ends_with("found `fn`"));
    }

    #[test]
    fn a_cell_has_no_loop() {
        for (cell, found) in
            [("for x in 0..3 {}", "`for`"), ("while true {}", "`while`"), ("loop { break }", "`loop`")]
        {
            assert!(broken(cell).ends_with(found), "{cell}");
        }
    }

    #[test]
    fn a_cell_has_no_unsafe_code() {
        assert!(broken("unsafe { go() }").ends_with("found `unsafe`"));
    }

    #[test]
    fn a_cell_has_no_colour() {
        for (cell, found) in [
            ("draw(\"#ff8800\")", "`#ff8800`"),
            ("draw(RGBColor(1, 2, 3))", "`RGBColor`"),
            ("draw(&RED)", "`RED`"),
        ] {
            assert!(broken(cell).ends_with(found), "{cell}");
        }
    }

    #[test]
    fn the_first_cell_is_that_of_every_notebook() {
        let broken = lint(&notebook(&["use eegenre::notebook::Session;", LAST_CELL]));
        assert_eq!(broken.len(), 1);
        assert!(broken[0].expected.contains(":preserve_vars_on_panic 0"), "{broken:?}");
        assert_eq!(broken[0].found, "`use eegenre::notebook::Session;`");
        assert_eq!(lint(&notebook(&[]))[0].found, "no code cell");
    }

    #[test]
    fn the_last_cell_writes_the_checks() {
        let broken = lint(&notebook(&[FIRST_CELL, "\"no checks\""]));
        assert_eq!(broken.len(), 1);
        assert_eq!(broken[0].cell, "last code cell");
    }

    #[test]
    fn words_stand_before_and_after_every_code_cell() {
        let code = |source: &str| json!({"cell_type": "code", "source": source});
        let words = json!({"cell_type": "markdown", "source": "Words."});
        let broken = lint(&of_cells(&[words, code(FIRST_CELL), code(LAST_CELL)]));
        let expected: Vec<&str> = broken.iter().map(|broken| broken.expected.as_str()).collect();
        assert_eq!(
            expected,
            ["a Markdown cell after it", "a Markdown cell before it", "a Markdown cell after it"]
        );
    }
}
