//! The figures: the same pixels each time, with their source in them, and the committed ones up to date.

mod support;

use std::io::Cursor;

use eegenre::error::Fault;
use eegenre::figures::Figure;
use eegenre::project;
use eegenre::recordings::synthetic::{self, Settings};
use eegenre::recordings::{DataSet, load};
use support::{Folder, published_recordings};

struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
    texts: Vec<(String, String)>,
}

fn decode(png: &[u8]) -> Picture {
    let mut reader = png::Decoder::new(Cursor::new(png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    let info = reader.info();
    let texts = info.utf8_text.iter().map(|chunk| (chunk.keyword.clone(), chunk.get_text().unwrap()));
    Picture { width: info.width, height: info.height, texts: texts.collect(), pixels }
}

fn figures(set: &DataSet) -> [Figure; 2] {
    [Figure::recordings(set), Figure::design(set)]
}

#[test]
fn a_figure_has_print_resolution_and_names_its_source() {
    let set = synthetic::generate(&Settings::default()).unwrap();
    for figure in figures(&set) {
        let picture = decode(&figure.png().unwrap());
        assert_eq!(picture.width, 2160, "7.2 inches at 300 pixels an inch");
        assert!((1000..2000).contains(&picture.height));
        let source = &picture.texts.iter().find(|(keyword, _)| keyword == "Source").unwrap().1;
        assert!(source.contains("synthetic (mixed, strength 1, seed 0)"), "{source}");
        assert!(source.contains(&set.fingerprint().short()), "{source}");
    }
}

#[test]
fn a_figure_is_drawn_the_same_twice() {
    let set = synthetic::generate(&Settings::default()).unwrap();
    for figure in figures(&set) {
        assert_eq!(figure.png().unwrap(), figure.png().unwrap());
        assert_eq!(figure.svg().unwrap(), figure.svg().unwrap());
    }
}

#[test]
fn a_vector_drawing_of_people_is_refused() {
    let set = load(Folder::sound().path()).unwrap();
    for figure in figures(&set) {
        assert_eq!(figure.svg().unwrap_err().problems()[0].fault, Fault::TraceableFigure);
    }
}

#[test]
fn the_committed_figures_are_those_of_the_published_recordings() {
    let Some(folder) = published_recordings() else { return };
    let set = load(folder).unwrap();
    for figure in figures(&set) {
        let path = project::root().join("figures").join(format!("{}.png", figure.name()));
        let (committed, drawn) = (decode(&std::fs::read(&path).unwrap()), decode(&figure.png().unwrap()));
        assert_eq!((committed.width, committed.height), (drawn.width, drawn.height));
        assert_eq!(committed.texts, drawn.texts);
        // Another system's logarithm may move a line by one pixel here and there.
        let differing =
            committed.pixels.iter().zip(&drawn.pixels).filter(|(one, other)| one != other).count();
        assert!(differing * 1000 <= drawn.pixels.len(), "{}: {differing} bytes differ", path.display());
    }
}
