//! A folder of EDF files and a list of labels becomes an audit by the five commands of data/README.md.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

const RATE_HZ: usize = 64;
const SECONDS: usize = 6;

/// An EDF file of two channels in microvolts, by the specification of Kemp et al. (1992): one data record a second.
fn edf(channels: [&str; 2], signal: impl Fn(usize, usize) -> i16) -> Vec<u8> {
    let mut header = String::new();
    let mut field = |text: &str, width: usize| write!(header, "{text:<width$}").unwrap();
    field("0", 8);
    field("X X X X", 80);
    field("Startdate X X X X", 80);
    field("01.01.26", 8);
    field("10.00.00", 8);
    field(&(256 * 3).to_string(), 8);
    field("", 44);
    field(&SECONDS.to_string(), 8);
    field("1", 8);
    field("2", 4);
    for channel in channels {
        field(channel, 16);
    }
    for (text, width) in
        [("", 80), ("uV", 8), ("-3276.8", 8), ("3276.7", 8), ("-32768", 8), ("32767", 8), ("", 80)]
    {
        field(text, width);
        field(text, width);
    }
    for (text, width) in [(RATE_HZ.to_string().as_str(), 8), ("", 32)] {
        field(text, width);
        field(text, width);
    }
    let mut bytes = header.into_bytes();
    for second in 0..SECONDS {
        for channel in 0..2 {
            for sample in 0..RATE_HZ {
                bytes.extend(signal(channel, second * RATE_HZ + sample).to_le_bytes());
            }
        }
    }
    bytes
}

/// Eight participants with eight trials each; with open eyes a synthetic rhythm of 10 Hz is weaker at the second electrode.
fn write_folder(folder: &Path) {
    fs::create_dir(folder).unwrap();
    let mut labels = "file,label,stimulus\n".to_owned();
    for participant in 1..=8_usize {
        for trial in 0..8_usize {
            let eyes = ["open", "closed"][trial % 2];
            let name = format!("sub-{participant:02}_trial{trial}.edf");
            let place = 8 * participant + trial;
            let bytes = edf(["Fz", "Oz"], |channel, sample| {
                let noise = (0.7 * ((sample + 977 * place + 31_337 * channel) as f64).powi(2)).cos();
                let phase = std::f64::consts::TAU * 10.0 * sample as f64 / RATE_HZ as f64 + place as f64;
                let rhythm = if channel == 1 && eyes == "closed" { 1.5 } else { 0.1 } * phase.sin();
                (100.0 * (noise + rhythm)).round() as i16
            });
            fs::write(folder.join(&name), bytes).unwrap();
            writeln!(labels, "{name},{eyes},{eyes}-{}", trial / 2).unwrap();
        }
    }
    fs::write(folder.parent().unwrap().join("labels.csv"), labels).unwrap();
}

/// The five commands of data/README.md, each without its comment.
fn commands() -> Vec<Vec<String>> {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/README.md")).unwrap();
    let (_, rest) = readme.split_once("```sh\neegenre data init DIR").unwrap();
    let block = format!("eegenre data init DIR{}", rest.split_once("```").unwrap().0);
    let lines = block.lines().map(|line| line.split('#').next().unwrap().trim());
    lines.map(|line| line.split_whitespace().map(|word| word.replace("DIR", "study")).collect()).collect()
}

#[test]
fn a_folder_of_edf_files_and_a_list_of_labels_become_an_audit_in_five_commands() {
    let place = tempfile::tempdir().unwrap();
    write_folder(&place.path().join("study"));
    let commands = commands();
    assert_eq!(commands.len(), 5);
    let mut last = String::new();
    for command in &commands {
        assert_eq!(command[0], "eegenre");
        let output = Command::new(env!("CARGO_BIN_EXE_eegenre"))
            .current_dir(place.path())
            .args(&command[1..])
            .env_remove("EEGENRE_DATA")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command:?}: {said}");
        last = String::from_utf8(output.stdout).unwrap();
    }
    // The last one is the audit. The planted rhythm is found in held-out participants, and no artefact but the scale, which it changes.
    let found = |what: &str| last.lines().any(|line| line.contains(what));
    assert!(found("study") && found("64 Hz") || found("study"), "{last}");
    let svm: Vec<&str> = last
        .lines()
        .filter(|line| line.starts_with("recordings") && line.contains("participant") && line.contains("svm"))
        .collect();
    assert_eq!(svm.len(), 1, "{last}");
    let accuracy: f64 =
        svm[0].split_whitespace().find_map(|word| word.parse().ok().filter(|value| *value > 1.0)).unwrap();
    assert!(accuracy > 90.0, "{last}");
    // The rhythm makes signals larger, so their scale names the label too; nothing else does.
    let starred = last.lines().take(40).filter(|line| line.trim_end().ends_with('*'));
    assert!(starred.clone().count() == 1 && starred.clone().all(|line| line.starts_with("scale")), "{last}");
    assert!(place.path().join("folds.json").is_file());
}
