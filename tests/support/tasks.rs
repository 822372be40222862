//! Every task of the command line that needs no checkout, on recordings that take no time.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::workbook;

/// Twelve workbooks of six participants, of 20 s and more.
pub fn write_recordings(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for song in 1..=12_u32 {
        let mut sheet = rust_xlsxwriter::Worksheet::new();
        sheet.write(0, 0, "Time").unwrap();
        let participants = (1..=6_u16).filter(|participant| (song - 1) / 4 != u32::from(participant % 3));
        for (column, participant) in (1..).zip(participants) {
            sheet.write(0, column, format!("P{participant:02}")).unwrap();
            for row in 0..8 * (20 + song) {
                let sample = 1.0 + f64::from(row * song % 17) / 17.0 + f64::from(participant);
                sheet.write(row + 1, 0, row / 8 + 1).unwrap();
                sheet.write(row + 1, column, sample).unwrap();
            }
        }
        fs::write(folder.join(format!("S{song}.xlsx")), workbook([sheet])).unwrap();
    }
}

/// Every task that needs no checkout, in an order in which what one writes another reads. `DATA` and `OUT` stand for
/// folders; the code is what each exits with.
pub const TASKS: [(&str, i32); 20] = [
    ("data describe --data DATA", 0),
    ("data check DATA", 0),
    ("data synthesize --out OUT/made", 0),
    ("split --data DATA --out OUT/split.json", 0),
    ("figure 1 --data DATA --out OUT/figures", 0),
    ("figure distributions --data DATA --out OUT/figures", 0),
    ("features --data DATA --out OUT/features.csv", 0),
    ("classify --features OUT/features.csv --model knn", 0),
    ("classify --data DATA --model knn", 0),
    ("classify --data DATA --recorded", 0),
    ("train baseline --runs 1 --epochs 1 --split OUT/split.json --out OUT/r/baseline --quiet --data DATA", 0),
    ("train multilayer --runs 1 --epochs 1 --truncate 16 --out OUT/r/multilayer --quiet --data DATA", 0),
    ("predict --weights OUT/r/baseline/run-00.final.safetensors --data DATA", 0),
    ("results --records OUT/r --data DATA", 0),
    ("results --records OUT/r --against OUT/other --data DATA", 2),
    ("study --records OUT/study --data DATA", 2),
    ("plan audit --profile smoke --tsv --data DATA", 0),
    ("audit --recorded --profile smoke --data DATA", 0),
    ("predict --weights OUT/missing.safetensors --data DATA", 2),
    ("data check OUT/missing", 2),
];

/// Runs a task. `here` is the working folder, outside any checkout.
pub fn eegenre(here: &Path, task: &str, data: &Path, out: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eegenre"));
    command.current_dir(here).env_remove("EEGENRE_DATA").env_remove("EEGENRE_PROJECT");
    command.args(task.split(' ').map(|word| match word.split_once('/') {
        None if word == "DATA" => data.into(),
        None if word == "OUT" => out.into(),
        Some(("OUT", rest)) => out.join(rest).into_os_string(),
        _ => OsString::from(word),
    }));
    command
}
