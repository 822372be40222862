//! Whether every link of a site leads somewhere, and whether its pages load anything from elsewhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Fault, Place, Problem, Result};

/// Checks the pages of a folder.
///
/// # Errors
/// [`Fault::DEAD_LINK`] for every link to a page or place that is not there, and for everything but links that is taken
/// from outside the folder.
pub(super) fn check(folder: &Path) -> Result<()> {
    let unreadable = |path: &Path, cause: std::io::Error| {
        Error::new(Fault::UNREADABLE_FILE, Place::file(path), "to read the page", cause.to_string())
    };
    let mut pages: BTreeMap<PathBuf, String> = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(|cause| unreadable(folder, cause))? {
        let path = entry.map_err(|cause| unreadable(folder, cause))?.path();
        if path.extension().is_some_and(|extension| extension == "html") {
            pages.insert(path.clone(), fs::read_to_string(&path).map_err(|cause| unreadable(&path, cause))?);
        }
    }
    let mut problems = Vec::new();
    for (path, text) in &pages {
        for reference in references(text) {
            if let Some(expected) = broken(&reference, path, text, &pages, folder) {
                let found: String = reference.target.chars().take(120).collect();
                problems.push(Problem::new(Fault::DEAD_LINK, Place::file(path), expected, found));
            }
        }
    }
    Error::unless_none(problems)
}

/// What a page refers to.
#[derive(Debug, PartialEq, Eq)]
struct Reference<'a> {
    /// The element that refers to it.
    element: &'a str,
    target: &'a str,
}

/// What is wrong with a reference: what should have been there.
fn broken(
    reference: &Reference,
    page: &Path,
    text: &str,
    pages: &BTreeMap<PathBuf, String>,
    folder: &Path,
) -> Option<&'static str> {
    let target = reference.target;
    if target.starts_with("data:") || (reference.element == "a" && target.starts_with("mailto:")) {
        return None;
    }
    if target.contains("://") || target.starts_with("//") {
        return (reference.element != "a").then_some("nothing to be loaded from elsewhere");
    }
    let (file, place) = target.split_once('#').unwrap_or((target, ""));
    let text = if file.is_empty() {
        text
    } else {
        let linked = folder.join(file);
        match pages.get(&linked) {
            Some(text) => text,
            None if linked.is_file() && linked != page => return None,
            None => return Some("a link to a page of the book or to a whole address"),
        }
    };
    let there = place.is_empty() || text.contains(&format!("id=\"{place}\""));
    (!there).then_some("a link to a place that the page has")
}

/// Everything that `href`, `src` and `srcset` of any element refer to.
fn references(text: &str) -> Vec<Reference<'_>> {
    let mut references = Vec::new();
    for tag in text.split('<').skip(1) {
        let tag = tag.split_once('>').map_or(tag, |(tag, _)| tag);
        let element =
            tag.split(|letter: char| letter.is_whitespace() || letter == '/').next().unwrap_or_default();
        for attribute in [" href=\"", " src=\"", " srcset=\"", " xlink:href=\""] {
            for (_, rest) in tag.match_indices(attribute).map(|(at, name)| tag.split_at(at + name.len())) {
                let target = rest.split_once('"').map_or(rest, |(target, _)| target);
                references.push(Reference { element, target });
            }
        }
    }
    references
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found wrong with a page that has this in its body, beside a page `b.html`.
    fn found(body: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("style.css"), "").unwrap();
        fs::write(folder.path().join("b.html"), "<h2 id=\"there\">B</h2>").unwrap();
        let page = format!("<link rel=\"stylesheet\" href=\"style.css\"><p id=\"here\">{body}");
        fs::write(folder.path().join("a.html"), page).unwrap();
        match check(folder.path()) {
            Ok(()) => Vec::new(),
            Err(error) => error.problems().iter().map(|problem| problem.found.clone()).collect(),
        }
    }

    #[test]
    fn links_within_the_site_and_whole_addresses_are_sound() {
        let body = "<a href=\"b.html\">b</a> <a href=\"b.html#there\">b</a> <a href=\"#here\">a</a> \
                    <a class=\"x\" href=\"https://doi.org/10\">doi</a> <img src=\"data:image/png;base64,AA\">";
        assert_eq!(found(body), Vec::<String>::new());
    }

    #[test]
    fn a_link_that_leads_nowhere_is_an_error() {
        for target in ["c.html", "b.html#absent", "#absent", "../README.md", "a.ipynb"] {
            assert_eq!(found(&format!("<a href=\"{target}\">x</a>")), [target]);
        }
    }

    #[test]
    fn what_a_page_loads_from_elsewhere_is_an_error() {
        for (element, attribute) in [("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src")] {
            for address in ["https://cdn.example/x.js", "//cdn.example/x.js"] {
                assert_eq!(found(&format!("<{element} {attribute}=\"{address}\">")), [address]);
            }
        }
    }
}
