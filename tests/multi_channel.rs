//! A study of three channels at 128 Hz and two labels, 2 to 10 s long, through the program. Its truth is known: a rhythm of 10 Hz in
//! one channel with one of the labels, or nothing at all.

use std::f64::consts::TAU;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const RATE_HZ: usize = 128;
const CHANNELS: [&str; 3] = ["C3", "Cz", "C4"];

/// Independent numbers between 0 and 1 from a seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Noise whose neighbours are alike, of variance 1.
    fn noise(&mut self, length: usize) -> Vec<f64> {
        let mut value = 0.0;
        let mut next = |_| {
            let normal = (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0;
            value = 0.9 * value + 0.19_f64.sqrt() * normal;
            value
        };
        (0..length).map(&mut next).collect()
    }
}

/// Writes a study of 8 participants and 8 stimuli.
fn write_study(folder: &Path, amplitude: f64) {
    fs::create_dir_all(folder).unwrap();
    let settings =
        "name = \"sides\"\nunit = \"µV\"\nlabel_name = \"side\"\nmay_be_negative = true\nrate_hz = 128\n";
    fs::write(folder.join("study.toml"), settings).unwrap();
    let mut table = "file\tparticipant_id\tstimulus\tlabel\n".to_owned();
    let mut chance = Chance(7);
    for participant in 1..=8 {
        let scale = 5.0 + 15.0 * chance.uniform();
        for stimulus in 1..=8 {
            let is_left = stimulus % 2 == 0;
            let length = (RATE_HZ as f64 * (2.0 + 8.0 * chance.uniform())) as usize;
            let (phase, amplitude) = (TAU * chance.uniform(), if is_left { amplitude } else { 0.0 });
            let mut channels = CHANNELS.map(|_| chance.noise(length));
            for (sample, value) in channels[0].iter_mut().enumerate() {
                *value += amplitude * (TAU * 10.0 * sample as f64 / RATE_HZ as f64 + phase).sin();
            }
            let file = format!("sub-{participant}_{stimulus}.csv");
            let mut text = CHANNELS.join(",") + "\n";
            #[expect(clippy::needless_range_loop, reason = "a sample of every channel is a line")]
            for sample in 0..length {
                let [one, two, three] = [0, 1, 2].map(|channel: usize| scale * channels[channel][sample]);
                writeln!(text, "{one:.4},{two:.4},{three:.4}").unwrap();
            }
            fs::write(folder.join(&file), text).unwrap();
            let label = if is_left { "left" } else { "right" };
            writeln!(table, "{file}\tsub-{participant}\tblock {stimulus}\t{label}").unwrap();
        }
    }
    fs::write(folder.join("recordings.tsv"), table).unwrap();
}

fn run(place: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_eegenre"))
        .current_dir(place)
        .args(arguments)
        .env_remove("EEGENRE_DATA")
        .output()
        .unwrap()
}

/// What the program answers in JSON.
fn answer(place: &Path, arguments: &[&str]) -> Value {
    let output = run(place, &[arguments, &["--json"]].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What the program says when it refuses.
fn refusal(place: &Path, arguments: &[&str]) -> String {
    let output = run(place, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    said
}

#[test]
fn every_task_takes_a_study_of_several_channels() {
    let place = tempfile::tempdir().unwrap();
    let here = place.path();
    write_study(&here.join("study"), 1.0);
    let checked = String::from_utf8(run(here, &["data", "check", "study"]).stdout).unwrap();
    assert!(checked.contains("3 channels: C3, Cz, C4, in µV"), "{checked}");
    let described = answer(here, &["data", "describe", "--data", "study"]);
    assert_eq!(described["channels"], serde_json::json!(CHANNELS));
    let longest = described["longest"].as_u64().unwrap();
    assert!(longest <= 10 * RATE_HZ as u64, "samples are counted in time: {longest}");

    answer(here, &["split", "--data", "study", "--scheme", "participant"]);
    for figure in ["1", "design", "distributions"] {
        answer(here, &["figure", figure, "--data", "study", "--out", "figures"]);
    }
    let features = answer(here, &["features", "--data", "study", "--out", "features.csv"]);
    let names = features["features"].as_array().unwrap();
    assert_eq!((names.len(), names[0].as_str(), names[26].as_str()), (78, Some("C3 mean"), Some("Cz mean")));
    for model in ["knn", "svm", "mlp"] {
        let asked = ["classify", "--features", "features.csv", "--model", model];
        let found = answer(here, &asked);
        assert!(found["accuracy"].as_f64().unwrap() > 0.8, "{model}: {found}");
    }
    let audit = answer(here, &["audit", "--data", "study", "--profile", "smoke", "--networks"]);
    assert_eq!(audit["preset"], "small");
    assert!(!audit["estimates"].as_array().unwrap().is_empty());
    let text =
        String::from_utf8(run(here, &["audit", "--data", "study", "--profile", "smoke"]).stdout).unwrap();
    assert!(text.contains("profile smoke, preset small"), "{text}");
}

#[test]
fn what_is_planted_in_one_channel_is_learnt_and_weights_know_what_they_read() {
    for (amplitude, is_learnt) in [(2.0, true), (0.0, false)] {
        let place = tempfile::tempdir().unwrap();
        let here = place.path();
        write_study(&here.join("study"), amplitude);
        for model in ["baseline", "multilayer", "cnn"] {
            let (mut right, mut of) = (0, 0);
            for fold in ["1", "3", "5", "7"] {
                let scheme = ["split", "--data", "study", "--scheme", "participant", "--fold", fold];
                answer(here, &[&scheme[..], &["--out", "fold.json"]].concat());
                let out = format!("{model}-{fold}");
                let task =
                    ["train", model, "--data", "study", "--split", "fold.json", "--runs", "1", "--quiet"];
                let trained = answer(here, &[&task[..], &["--out", &out]].concat());
                right += trained["runs"][0]["final"]["right"].as_u64().unwrap();
                of += trained["runs"][0]["test"].as_u64().unwrap();
            }
            let accuracy = right as f64 / of as f64;
            println!("amplitude {amplitude}, {model}: {right} of {of} recordings of held-out participants");
            // Where nothing is planted, 32 guesses have a standard deviation of 0.09 around one half.
            assert!(
                if is_learnt { accuracy > 0.8 } else { (0.22..0.78).contains(&accuracy) },
                "{model}: {accuracy}"
            );
        }
        if is_learnt {
            weights_know_what_they_read(here);
        }
    }
}

/// Weights keep the channels by name, and how signals are cut.
fn weights_know_what_they_read(here: &Path) {
    let weights = ["predict", "--weights", "cnn-1/run-00.final.safetensors"];
    let predicted = answer(here, &[&weights[..], &["--data", "study"]].concat());
    let settings = &predicted["purpose"]["settings"];
    assert_eq!(predicted["purpose"]["channel_names"], serde_json::json!(CHANNELS));
    assert_eq!(settings["frame"], 16);
    assert_eq!(settings["hop"].as_u64().unwrap(), settings["slice"].as_u64().unwrap() / 2 / 16 * 16);
    assert_eq!(predicted["predictions"].as_array().unwrap().len(), 64);

    // The same recordings with two channels, in another order, or under other names.
    let table = fs::read_to_string(here.join("study/recordings.tsv")).unwrap();
    for channels in ["C3,Cz", "Cz,C3,C4"] {
        let changed = table.lines().enumerate().map(|(line, text)| match line {
            0 => format!("{text}\tchannels\n"),
            _ => format!("{text}\t{channels}\n"),
        });
        fs::write(here.join("study/recordings.tsv"), changed.collect::<String>()).unwrap();
        let said = refusal(here, &[&weights[..], &["--data", "study"]].concat());
        assert!(said.contains("channel_names"), "{said}");
    }
    fs::write(here.join("study/recordings.tsv"), table).unwrap();
}

#[test]
fn framings_that_do_not_fit_and_channels_that_differ_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let here = place.path();
    write_study(&here.join("study"), 1.0);
    let train = |more: &[&str]| {
        let task = [
            "train", "cnn", "--data", "study", "--runs", "1", "--epochs", "1", "--quiet", "--out", "records",
        ];
        refusal(here, &[&task[..], more].concat())
    };
    for (more, place, expected) in [
        (&["--frame", "0"][..], "frame", "a divisor of the slice"),
        (&["--frame", "16", "--slice", "200"], "frame", "a divisor of the slice of 200 and of the hop of 96"),
        (&["--slice", "32"], "frame", "from 1 to 8"),
        (&["--hop", "4", "--frame", "4", "--slice", "512"], "hop", "8 to 512 samples for a slice of 512"),
        (&["--slice", "1280"], "recording block", "at least the 1280 samples of one slice"),
        (&["--preset", "large"], "--preset", "paper or small"),
    ] {
        let said = train(more);
        assert!(said.contains(place) && said.contains(expected), "{more:?}: {said}");
    }
    let path = here.join("study/sub-1_1.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("C3,Cz,C4", "Cz,C3,C4", 1)).unwrap();
    let said = train(&[]);
    assert!(said.contains("recordings.tsv") && said.contains("channels"), "{said}");
    assert!(said.contains("expected channels Cz, C3, C4, as in line 2, found channels C3, Cz, C4"), "{said}");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let last = lines.len() - 1;
    lines[last] = lines[last].rsplit_once(',').unwrap().0.to_owned() + ",";
    fs::write(&path, lines.join("\n")).unwrap();
    let said = train(&[]);
    assert!(said.contains("samples of each channel, as the longest has") && said.contains("of C4"), "{said}");
}
