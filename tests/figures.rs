//! The figures: the same pixels each time, with their source in them, and the committed ones up to date.

mod support;

use std::io::Cursor;

use eegenre::error::Fault;
use eegenre::figures::{self, Figure};
use eegenre::models::Model;
use eegenre::recordings::synthetic::{self, Settings};
use eegenre::recordings::{DataSet, Provenance, load};
use eegenre::reproduction::results::Results;
use eegenre::runs::{self, Record, Store};
use support::{Folder, project, published_recordings};

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

/// What a committed PNG may have: enough for print, and no burden on a clone.
const MOST_BYTES: u64 = 300 << 10;

/// The figures of recordings.
fn of_recordings(set: &DataSet) -> [Figure; 2] {
    [Figure::recordings(set), Figure::design(set)]
}

/// The figures that need no recordings, only their records.
fn of_records() -> Vec<Figure> {
    let folder = runs::folder(&project(), &Provenance::Published);
    let groups = Model::ALL.map(|model| Store::read(folder.join(model.name())).unwrap());
    let results =
        Results::of(&groups.each_ref().map(Vec::<Record>::as_slice), &Provenance::Published).unwrap();
    let networks = Model::ALL.map(Figure::architecture);
    let training = groups.iter().map(|group| Figure::training(group, &Provenance::Published).unwrap());
    networks.into_iter().chain(training).chain([Figure::results(&results)]).collect()
}

fn source(picture: &Picture) -> &str {
    &picture.texts.iter().find(|(keyword, _)| keyword == "Source").unwrap().1
}

/// Asserts that a figure is drawn as it is committed.
fn assert_committed(figure: &Figure) {
    let path = project().committed_figures().join(format!("{}.png", figure.name()));
    let committed = std::fs::read(&path).unwrap();
    assert!(committed.len() as u64 <= MOST_BYTES, "{}: {} bytes", path.display(), committed.len());
    let (committed, drawn) = (decode(&committed), decode(&figure.png().unwrap()));
    let advice = format!("{}: draw it again with `eegenre figure all`", path.display());
    assert_eq!((committed.width, committed.height), (drawn.width, drawn.height), "{advice}");
    assert_eq!(committed.texts, drawn.texts, "{advice}");
    // Another system's logarithm may move a line by one pixel here and there.
    let differing = committed.pixels.iter().zip(&drawn.pixels).filter(|(one, other)| one != other).count();
    assert!(differing * 1000 <= drawn.pixels.len(), "{advice}: {differing} bytes differ");
}

#[test]
fn a_figure_has_print_resolution_and_names_its_source() {
    let set = synthetic::generate(&Settings::default()).unwrap();
    for figure in of_recordings(&set) {
        let picture = decode(&figure.png().unwrap());
        assert_eq!(picture.width, 2160, "7.2 inches at 300 pixels an inch");
        assert!((1000..2000).contains(&picture.height));
        let source = source(&picture);
        assert!(source.contains("synthetic (mixed, strength 1, seed 0)"), "{source}");
        assert!(source.contains(&set.fingerprint().short()), "{source}");
    }
}

#[test]
fn a_figure_of_runs_names_recordings_split_and_profile_and_one_of_a_network_says_that_it_shows_no_data() {
    for figure in of_records() {
        let picture = decode(&figure.png().unwrap());
        let expected = if ["figure-2", "figure-4", "figure-6"].contains(&figure.name()) {
            "drawn from the network itself, shows no data · eegenre 0.1.0"
        } else {
            "music-affect_v2 EEG time series at F7 (Rahman et al., 2020) · data e3a2063e38e2 · split fe4ad640d536 \
             · profile paper · eegenre 0.1.0"
        };
        assert_eq!(source(&picture), expected, "{}", figure.name());
    }
}

#[test]
fn a_figure_is_drawn_the_same_twice() {
    let set = synthetic::generate(&Settings::default()).unwrap();
    let recordings = of_recordings(&set);
    // The later ones are made anew, so that nothing of the making may vary either.
    for (one, other) in
        recordings.iter().cloned().chain(of_records()).zip(recordings.iter().cloned().chain(of_records()))
    {
        assert_eq!(one.png().unwrap(), other.png().unwrap(), "{}", one.name());
        assert_eq!(one.svg().unwrap(), other.svg().unwrap(), "{}", one.name());
    }
}

#[test]
fn a_vector_drawing_of_people_is_refused() {
    let set = load(Folder::sound().path()).unwrap();
    for figure in of_recordings(&set) {
        assert_eq!(figure.svg().unwrap_err().problems()[0].fault, Fault::TRACEABLE_FIGURE);
    }
}

#[test]
fn the_committed_figures_are_those_of_the_committed_records_and_of_the_networks() {
    let drawn = of_records();
    assert_eq!(drawn.len(), 7);
    drawn.iter().for_each(assert_committed);
    assert_eq!(figures::folder(&project(), &drawn), project().committed_figures());
}

#[test]
fn the_committed_figures_are_those_of_the_published_recordings() {
    let Some(folder) = published_recordings() else { return };
    of_recordings(&load(folder).unwrap()).iter().for_each(assert_committed);
}
