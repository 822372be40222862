//! The book, made of notebooks as a reader would make it.

mod support;

use std::fs;
use std::sync::atomic::AtomicBool;

use eegenre::error::Fault;
use eegenre::notebook::{Environment, book};
use serde_json::json;
use support::project;
use tempfile::tempdir;

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
            "data": {"image/png": "iVBORw0KGgo=", "text/plain": "figure"}}]});
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
    assert!(page.contains("src=\"data:image/png;base64,iVBORw0KGgo="), "a figure is not in the page");
    assert!(page.contains("rel=\"next\" href=\"02-b.html\""));
    for script in ["<script", "mathjax", "require.js", "mermaid"] {
        assert!(!page.to_lowercase().contains(script), "{script}");
    }
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
