//! Rules of the source that no lint of the compiler knows.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn sources(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// Whether a file is compiled for tests only.
fn is_of_tests(path: &Path) -> bool {
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    name.ends_with("tests")
        || name == "testing"
        || path.components().any(|part| part.as_os_str() == "emulation")
}

/// A file up to its tests.
fn without_tests(source: &str) -> &str {
    let tests = ["#[cfg(test)]\nmod tests", "#[cfg(test)]\npub(crate) mod tests", "#[cfg(all(test, "];
    tests.iter().fold(source, |own, tests| own.split(tests).next().unwrap())
}

/// Lines of the library or the program that hold a text, as `src/file.rs: line`. Those of tests and comments are left
/// out.
fn lines_with(text: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for path in sources(&root.join("src")).into_iter().filter(|path| !is_of_tests(path)) {
        let source = fs::read_to_string(&path).unwrap();
        let own = without_tests(&source);
        let name = path.strip_prefix(root).unwrap().display().to_string();
        let lines = own.lines().map(str::trim).filter(|line| !line.starts_with("//") && line.contains(text));
        found.extend(lines.map(|line| format!("{name}: {line}")));
    }
    found
}

#[test]
fn one_function_removes_folders_with_what_is_in_them() {
    assert_eq!(lines_with("remove_dir_all"), ["src/store/stamped.rs: fs::remove_dir_all(entry.path())?;"]);
    // As Python's venv would.
    assert_eq!(lines_with("\"--clear\""), [""; 0]);
}

#[test]
fn nothing_is_found_by_the_folder_of_compilation() {
    // The project of the library's own tests.
    assert_eq!(
        lines_with("CARGO_MANIFEST_DIR"),
        ["src/store/project.rs: Self::at(env!(\"CARGO_MANIFEST_DIR\"))"]
    );
}

#[test]
fn the_allocator_is_the_programs_and_not_the_librarys() {
    for text in ["mallopt", "global_allocator", "malloc_trim", "with_capacity(31 << 20)"] {
        let lines = lines_with(text);
        assert!(lines.iter().all(|line| line.starts_with("src/bin/eegenre/memory.rs: ")), "{lines:?}");
    }
    assert_eq!(lines_with("with_capacity(31 << 20)").len(), 1);
}

/// Where an error of JSON may be left out, and why.
const JUSTIFIED: [(&str, &str); 3] = [
    ("src/notebook/setup/stamp.rs", "an unreadable stamp is none: everything is made again"),
    ("src/notebook/committed/origin.rs", "a notebook whose origin cannot be read names none, and is stale"),
    ("src/recordings/synthetic/folder.rs", "a folder whose stamp cannot be read is not a synthetic one"),
];

/// What cannot be read or written as JSON is an error, never an empty text, a null or nothing.
#[test]
fn no_error_of_json_is_swallowed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = sources(&root.join("src"));
    assert!(files.len() > 100);
    let mut swallowed = Vec::new();
    for path in files {
        let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for (at, _) in code.match_indices("serde_json::") {
            let rest = &code[at..];
            // Up to the end of the statement, or of the block that it ends.
            let statement = &rest[..rest.find([';', '}']).unwrap_or(rest.len())];
            if [".unwrap_or_default", ".unwrap_or(", ".ok()", ".is_ok_and"]
                .iter()
                .any(|swallows| statement.contains(swallows))
            {
                swallowed.push((name.clone(), statement.to_owned()));
            }
        }
    }
    swallowed.retain(|(name, _)| JUSTIFIED.iter().all(|(justified, _)| justified != name));
    assert!(swallowed.is_empty(), "{swallowed:#?}");
}

/// Lines that hold a chance level of one design, a half or a third, as a number of its own.
///
/// This finds `1.0 / 3.0`, `1 / 3`, `[1, 3]`, `[1, 2]`, and texts with 33.3 %. It does not find a level under another name.
#[test]
fn no_chance_level_is_a_constant() {
    let levels = ["1.0 / 3.0", "1. / 3.", "[1, 3]", "[1, 2]", "33.3", "0.333"];
    let found: Vec<String> = levels.iter().flat_map(|level| lines_with(level)).collect();
    assert_eq!(
        found, [""; 0],
        "chance follows from the design: evaluation::even_guess, or a null distribution"
    );
}

/// serde fails on paths that are not Unicode, so every path that is serialised says how.
#[test]
fn no_path_is_serialised_as_serde_would() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut written, mut bare) = (0, Vec::new());
    for path in sources(&root.join("src")) {
        let source = fs::read_to_string(&path).unwrap();
        let text = without_tests(&source);
        // Each type that can be serialised, up to the brace that ends it.
        for (at, _) in text.match_indices("#[derive(") {
            let end = text[at..].find("\n}").map_or(text.len(), |end| at + end);
            let mut lines = text[at..end].lines();
            if !lines.next().is_some_and(|derived| derived.contains("Serialize")) {
                continue;
            }
            let mut before = "";
            for line in lines.map(str::trim) {
                let is_path = line.contains("PathBuf") && !line.starts_with("//");
                written += usize::from(is_path);
                if is_path && !before.contains("serialize_with = \"as_text\"") {
                    bare.push(format!("{}: {line}", path.strip_prefix(root).unwrap().display()));
                }
                before = line;
            }
        }
    }
    assert!(written >= 4, "the rule looks at nothing");
    assert!(bare.is_empty(), "{bare:#?}");
}

/// One function makes commands, without the caller's settings, and one starts them, with all that they start.
#[test]
fn programs_are_started_in_one_way() {
    for (text, place) in [
        ("Command::new(", "src/notebook/environment/mod.rs"),
        (".spawn()", "src/notebook/environment/child.rs"),
    ] {
        let lines = lines_with(text);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].starts_with(place), "{lines:?}");
    }
}

/// A rule's name in JSON is that of its constant, and it stands in `faults.rs` of its room, or in `error.rs` for all.
#[test]
fn rules_are_named_once_and_by_room() {
    let mut names = Vec::new();
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = std::fs::read_to_string(&path).unwrap();
        // The formatter breaks a declaration where it is long.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for declaration in text.split("pub const ").skip(1) {
            let Some((constant, rest)) = declaration.split_once(": Self = Self::") else { continue };
            let Some(rest) = rest.strip_prefix("rule(").or(rest.strip_prefix("check(")) else { continue };
            let name = rest.trim_start().trim_start_matches('"').split('"').next().unwrap().to_owned();
            assert_eq!(name, constant.to_lowercase().replace('_', "-"), "{}", path.display());
            assert!(path.ends_with("faults.rs") || path.ends_with("error.rs"), "{}", path.display());
            names.push(name);
        }
    }
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert!(all > 80 && names.len() == all, "{all} rules, {} names", names.len());
}

/// The rooms of the library, each of which may import those before it. `error` and `report` are for everybody.
const ROOMS: [&str; 14] = [
    "store",
    "recordings",
    "evaluation",
    "preparation",
    "features",
    "nn",
    "models",
    "training",
    "runs",
    "classifiers",
    "reproduction",
    "audit",
    "figures",
    "notebook",
];

#[test]
fn imports_go_one_way_through_the_rooms() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rank = |room: &str| ROOMS.iter().position(|own| *own == room);
    let mut wrong = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for path in sources(&root) {
        let inner = path.strip_prefix(&root).unwrap();
        let room = inner.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        let Some(own) = rank(&room) else {
            assert!(["error.rs", "lib.rs", "bin", "report"].contains(&room.as_str()), "{room} is no room");
            continue;
        };
        seen.insert(room);
        let text = std::fs::read_to_string(&path).unwrap();
        let code = without_tests(&text).lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code.filter(|_| !is_of_tests(&path)) {
            let imported = line.split("crate::").skip(1).filter_map(|rest| {
                rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().and_then(rank)
            });
            if imported.into_iter().any(|other| other > own) {
                wrong.push(format!("{}: {}", inner.display(), line.trim()));
            }
        }
    }
    assert_eq!(seen.len(), ROOMS.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Each package with its features, as `clap v4.6.9 color,default`, of the kinds of dependencies that `cargo tree` shows.
fn packages(kinds: &str) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--prefix", "none", "--format", "{p} {f}", "--edges", kinds])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let lines = String::from_utf8(tree.stdout).unwrap();
    lines.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect()
}

/// A feature that tests alone ask for makes Cargo compile a package twice, and the library with it.
#[test]
fn tests_share_the_compiled_library_with_the_program() {
    let (own, with_tests) = (packages("normal,build"), packages("normal,build,dev"));
    assert!(own.len() > 100 && with_tests.len() > own.len(), "{} and {}", own.len(), with_tests.len());
    let compiled_twice: Vec<&String> = own.difference(&with_tests).collect();
    assert!(compiled_twice.is_empty(), "add their features to [dependencies]: {compiled_twice:?}");
}
