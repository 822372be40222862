//! The book, made of notebooks as a reader would make it.

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use eegenre::error::Fault;
use eegenre::notebook::{Environment, book};
use eegenre::report::note;
use serde_json::json;
use support::project;
use tempfile::tempdir;

/// A PNG of one white pixel.
const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg==";

/// A notebook of these cells.
fn notebook(cells: &[serde_json::Value]) -> String {
    json!({"cells": cells, "metadata": {"language_info": {"name": "rust"}}, "nbformat": 4, "nbformat_minor": 5})
        .to_string()
}

fn words(text: &str) -> serde_json::Value {
    json!({"cell_type": "markdown", "id": "words", "metadata": {}, "source": text})
}

#[test]
fn a_book_has_contents_pages_in_order_equations_and_figures_and_needs_no_network() {
    let (from, to) = (tempdir().unwrap(), tempdir().unwrap());
    let equation = "# The $h_t$ of an `LSTM`\nFirst words, with [the next](02-b.ipynb).\n\n\
                    $$\\begin{aligned} a &= \\sigma(b) \\\\ c &= d \\odot e \\end{aligned}$$";
    let figure = json!({"cell_type": "code", "execution_count": 1, "id": "c", "metadata": {}, "source": "let x = 1;",
        "outputs": [{"output_type": "execute_result", "execution_count": 1, "metadata": {},
            "data": {"image/png": PIXEL, "text/plain": "A dot. Look at it.\n\nOne dot at 46.2 %, \"alone\"."}},
            {"output_type": "stream", "name": "stderr", "text": "epoch 3 of 300"}]});
    fs::write(from.path().join("01-a.ipynb"), notebook(&[words(equation), figure])).unwrap();
    fs::write(from.path().join("02-b.ipynb"), notebook(&[words("# Second")])).unwrap();
    let stop = AtomicBool::new(false);
    let environment = Environment::of(&project()).unwrap();
    let contents = book(&environment, from.path(), &to.path().join("book"), &stop).unwrap();

    let contents = fs::read_to_string(contents).unwrap();
    let place = |text: &str| contents.find(text).unwrap_or_else(|| panic!("no {text} in {contents}"));
    assert!(place("href=\"01-a.html\">The h_t of an LSTM") < place("href=\"02-b.html\">Second"));
    assert!(contents.contains("First words, with <a href=\"02-b.html\">"));
    let page = fs::read_to_string(to.path().join("book/01-a.html")).unwrap();
    assert!(page.contains("<mtable") && !page.contains("aligned"), "an equation is not MathML");
    assert!(
        page.contains(
            "<img src=\"images/01-a-1.png\" alt=\"One dot at 46.2 %, &#34;alone&#34;.\" width=\"1\""
        ),
        "{page}"
    );
    assert!(page.contains("<figcaption>A dot. Look at it. <a href=\"images/01-a-1.png\""), "{page}");
    assert!(page.contains("<summary>Code, 1 line</summary>") && !page.contains("epoch 3"), "{page}");
    assert!(page.contains("rel=\"next\" href=\"02-b.html\""));
    for script in ["mathjax", "require.js", "mermaid"] {
        assert!(!page.to_lowercase().contains(script), "{script}");
    }
    let index = fs::read_to_string(to.path().join("book/book.js")).unwrap();
    assert!(index.contains("\"First words, with the next. "), "the search does not know the text");
}

/// The first page up to its third section is the cover.
#[test]
fn the_cover_is_the_beginning_of_the_first_page() {
    let (from, to) = (tempdir().unwrap(), tempdir().unwrap());
    let text = "# Title\nLead.\n\n## Claim\nOne.\n\n## Finding\nTwo.\n\n## Rest\nThree.";
    fs::write(from.path().join("00-a.ipynb"), notebook(&[words(text)])).unwrap();
    let stop = AtomicBool::new(false);
    let cover =
        book(&Environment::of(&project()).unwrap(), from.path(), &to.path().join("book"), &stop).unwrap();
    let cover = fs::read_to_string(cover).unwrap();
    assert!(cover.contains("<p>One.</p>") && cover.contains("<p>Two.</p>"), "{cover}");
    assert!(!cover.contains("<p>Three.</p>") && cover.matches("<h1").count() == 1, "{cover}");
}

/// axe-core, which a checkout need not have: `npm install --prefix target/browser axe-core@4.14.1`.
fn axe() -> PathBuf {
    project().root().join("target/browser/node_modules/axe-core/axe.min.js")
}

/// A Chromium, by any of its names.
fn chromium() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let all = std::env::split_paths(&folders).flat_map(|folder| names.map(|name| folder.join(name)));
    all.into_iter().find(|path| path.is_file())
}

#[test]
fn every_page_of_the_book_is_sound_in_a_browser() {
    let (Some(chromium), Ok(axe)) = (chromium(), fs::read(axe())) else {
        note("NOT RUN: the book in a browser, which needs Chromium and axe-core; tests/book.rs says how.");
        return;
    };
    let folder = tempdir().unwrap();
    let to = folder.path().join("book");
    let notebooks = project().root().join("notebooks");
    let stop = AtomicBool::new(false);
    book(&Environment::of(&project()).unwrap(), &notebooks, &to, &stop).unwrap();
    let mut pages: Vec<String> = (fs::read_dir(&to).unwrap())
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter(|name| name.ends_with(".html"))
        .collect();
    pages.sort();
    let check = include_str!("browser/check.html").replace("of PAGES", &format!("of {}", json!(pages)));
    let check = check.replace("${PAGES.length}", &pages.len().to_string());
    fs::write(to.join("axe.js"), axe).unwrap();
    fs::write(to.join("check.html"), check).unwrap();
    let output = Command::new(chromium)
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--dump-dom",
            "--virtual-time-budget=600000",
        ])
        // Frames of files may be looked into, and nothing is to be had from the network.
        .args([
            "--disable-web-security",
            "--allow-file-access-from-files",
            "--host-resolver-rules=MAP * ~NOTFOUND",
        ])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("file://{}", to.join("check.html").display()))
        .output()
        .unwrap();
    let page = String::from_utf8_lossy(&output.stdout);
    let found = page.split("<pre id=\"found\">").nth(1).and_then(|rest| rest.split("</pre>").next());
    assert_eq!(found.map(str::trim), Some(format!("checked {}", pages.len()).as_str()), "{page:.3000}");
}

#[test]
fn a_dead_link_and_an_equation_that_cannot_be_shown_are_errors() {
    for (text, fault, found) in [
        ("# A\n[gone](03-c.ipynb)", Fault::DEAD_LINK, "03-c.html"),
        ("# A\n![](https://example.org/a.png)", Fault::DEAD_LINK, "https://example.org/a.png"),
        ("# A\n$\\nosuchcommand x$", Fault::PROGRAM_FAILED, "\\nosuchcommand x"),
    ] {
        let (from, to) = (tempdir().unwrap(), tempdir().unwrap());
        fs::write(from.path().join("01-a.ipynb"), notebook(&[words(text)])).unwrap();
        let stop = AtomicBool::new(false);
        let environment = Environment::of(&project()).unwrap();
        let error = book(&environment, from.path(), &to.path().join("book"), &stop).unwrap_err();
        assert_eq!(error.problems()[0].fault, fault, "{error}");
        assert!(error.problems()[0].found.contains(found), "{error}");
    }
}
