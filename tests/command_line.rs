//! The command line as a user meets it: answers, exit codes, and what is left on disk.

mod support;

use std::path::Path;
use std::process::{Command, Output};

use eegenre::nn::StateDict;
use serde_json::Value;
use support::{Folder, blank, changed, project};

/// Runs eegenre with no recordings in its environment.
fn eegenre(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_eegenre")).args(arguments).env_remove("EEGENRE_DATA").output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", stdout(output)))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn bad_recordings_exit_with_2_and_every_problem() {
    let folder = Folder::with_s3(&changed(|sheet| blank(sheet, 13, 2)));
    folder.put("S4.xlsx", b"text");
    let output = eegenre(&["data", "check", text(folder.path())]);
    assert_eq!(output.status.code(), Some(2));
    let lines = String::from_utf8(output.stderr).unwrap();
    assert_eq!(lines.lines().count(), 2, "{lines}");
    assert!(
        lines.contains("S3.xlsx, sheet \"Sheet1\", cell C14: expected a number, found a blank cell"),
        "{lines}"
    );
    assert!(lines.contains("S4.xlsx: expected an .xlsx workbook (a zip archive), found"), "{lines}");
}

#[test]
fn bad_recordings_are_listed_in_json_too() {
    let folder = Folder::with_s3(&changed(|sheet| blank(sheet, 13, 2)));
    for task in [&["data", "check"][..], &["data", "describe", "--data"], &["split", "--data"]] {
        let arguments = [task, &[text(folder.path()), "--json"]].concat();
        let output = eegenre(&arguments);
        assert_eq!(output.status.code(), Some(2));
        let problem = &json(&output)["problems"][0];
        assert_eq!(problem["fault"], "blank-cell");
        assert_eq!(problem["place"]["cell"], "C14");
    }
}

#[test]
fn sound_recordings_check_with_0() {
    let folder = Folder::sound();
    let output = eegenre(&["data", "check", text(folder.path()), "--json"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(json(&output)["problems"], Value::Array(vec![]));
    assert_eq!(json(&output)["data"]["known_as"], Value::Null);
}

#[test]
fn a_missing_folder_exits_with_2() {
    let output = eegenre(&["data", "describe", "--data", "/nonexistent"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("/nonexistent: expected a folder"));
}

#[test]
fn synthetic_recordings_are_written_read_back_and_named_so() {
    let here = tempfile::tempdir().unwrap();
    let out = here.path().join("null");
    let settings = ["--seed", "7", "--effect", "null", "--strength", "0.5"];
    let arguments = [&["data", "synthesize", "--json", "--out", text(&out)][..], &settings].concat();
    let written = eegenre(&arguments);
    assert_eq!(written.status.code(), Some(0));
    assert_eq!(json(&written)["known_as"], "synthetic (null, strength 0.5, seed 7)");
    let read = eegenre(&["data", "describe", "--json", "--data", text(&out)]);
    assert_eq!(json(&read), json(&written));
    for (field, value) in [("recordings", 192), ("participants", 24), ("stimuli", 12), ("rate_hz", 8)] {
        assert_eq!(json(&read)[field], value, "{field}");
    }
    // The mark is in the workbooks, not beside them.
    for beside in ["synthetic.json", "README.txt"] {
        std::fs::remove_file(out.join(beside)).unwrap();
    }
    let moved = eegenre(&["data", "describe", "--json", "--data", text(&out)]);
    assert_eq!(json(&moved)["known_as"], "synthetic (null)");
}

#[test]
fn the_environment_names_recordings_and_the_option_overrides_it() {
    let (asked, named) = (Folder::sound(), Folder::sound());
    let describe = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eegenre"));
        let output = command.args(["data", "describe"]).args(arguments).env("EEGENRE_DATA", named.path());
        String::from_utf8(output.output().unwrap().stderr).unwrap()
    };
    assert!(describe(&[]).contains(&format!("{} (named by EEGENRE_DATA)", named.path().display())));
    let asked_for = describe(&["--data", text(asked.path())]);
    assert!(asked_for.contains(&format!("{} (asked for with --data)", asked.path().display())));
}

#[test]
fn a_split_is_written_as_a_manifest() {
    let here = tempfile::tempdir().unwrap();
    let (data, out) = (here.path().join("data"), here.path().join("split.json"));
    assert!(eegenre(&["data", "synthesize", "--out", text(&data)]).status.success());
    let output = eegenre(&["split", "--json", "--data", text(&data), "--seed", "3", "--out", text(&out)]);
    let answer = json(&output);
    assert_eq!(answer["leakage"]["stimuli"]["shared"], 12);
    let manifest: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    for part in ["training", "validation", "test"] {
        assert_eq!(manifest[part], answer[part], "{part}");
        assert_eq!(answer["sizes"][part], answer[part].as_array().unwrap().len());
    }

    let folds = |scheme| json(&eegenre(&["split", "--json", "--data", text(&data), "--scheme", scheme]));
    let counts =
        ["participant", "stimulus", "both"].map(|scheme| folds(scheme)["folds"].as_array().unwrap().len());
    assert_eq!(counts, [24, 4, 24]);

    let of_a_fold = ["split", "--data", text(&data), "--scheme", "song", "--out", text(&out)];
    assert!(eegenre(&of_a_fold).status.success());
    let folds: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap();
    assert_eq!(
        (folds["format"].as_str(), folds["scheme"].as_str()),
        (Some("eegenre folds 1"), Some("stimulus"))
    );
    assert_eq!(folds["folds"].as_array().unwrap().len(), 4);
    assert!(eegenre(&[&of_a_fold[..], &["--fold", "4"]].concat()).status.success());
    assert_eq!(eegenre(&[&of_a_fold[..], &["--fold", "5"]].concat()).status.code(), Some(2));
}

#[test]
fn figures_of_recordings_that_are_not_synthetic_are_png_only() {
    let (folder, out) = (Folder::sound(), tempfile::tempdir().unwrap());
    for figure in ["1", "design"] {
        let arguments =
            ["figure", figure, "--json", "--data", text(folder.path()), "--out", text(out.path())];
        assert!(eegenre(&arguments).status.success());
    }
    let mut names: Vec<_> =
        std::fs::read_dir(out.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["design.png", "figure-1.png"]);
}

#[test]
fn a_figure_of_runs_without_records_exits_with_2_and_says_which_are_missing() {
    let (folder, out) = (Folder::sound(), tempfile::tempdir().unwrap());
    let nowhere = folder.path().join("nowhere");
    let arguments = ["figure", "all", "--data", text(folder.path()), "--records", text(&nowhere)];
    let output = eegenre(&[&arguments[..], &["--out", text(out.path()), "--json"]].concat());
    assert_eq!(output.status.code(), Some(2));
    let problems = json(&output)["problems"].as_array().unwrap().clone();
    let expected: Vec<&str> = problems.iter().map(|problem| problem["expected"].as_str().unwrap()).collect();
    assert_eq!(
        expected,
        [
            "records of the network baseline",
            "records of the network multilayer",
            "records of the network cnn",
            "records of at least one network"
        ]
    );
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 0, "nothing is drawn");
}

#[test]
fn a_figure_that_cannot_be_written_exits_with_2() {
    let folder = Folder::sound();
    let file = folder.file("S1.xlsx");
    let output = eegenre(&["figure", "1", "--data", text(folder.path()), "--out", text(&file)]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("expected to write to it"));
}

#[test]
fn bad_usage_exits_with_2_and_says_what_is_possible() {
    for arguments in
        [&["figure", "99"][..], &["data", "synthesize", "--out", "x", "--effect", "big"], &["no"]]
    {
        assert_eq!(eegenre(arguments).status.code(), Some(2), "{arguments:?}");
    }
    let help = stdout(&eegenre(&["--help"]));
    for word in ["reproduce", "data", "split", "figure", "EEGENRE_DATA", "--json"] {
        assert!(help.contains(word), "{word}");
    }
}

#[test]
fn the_help_fits_a_screen_and_names_every_command() {
    let pages = [&["help"][..], &["--help"], &["-h"]].map(|arguments| stdout(&eegenre(arguments)));
    assert!(pages.iter().all(|page| *page == pages[0]));
    let lines: Vec<&str> = pages[0].lines().collect();
    assert!(lines.len() <= 24, "{} lines:\n{}", lines.len(), pages[0]);
    assert!(lines.iter().all(|line| line.chars().count() <= 100), "{}", pages[0]);
    for command in [
        "reproduce",
        "data",
        "split",
        "figure",
        "train",
        "results",
        "records",
        "notebooks",
        "study",
        "audit",
        "features",
        "classify",
        "predict",
        "completions",
        "help",
    ] {
        assert!(
            lines.iter().any(|line| line.starts_with(&format!("  {command} "))),
            "{command}: {}",
            pages[0]
        );
        assert!(!stdout(&eegenre(&["help", command])).is_empty(), "{command}");
    }
}

#[test]
fn eegenre_alone_says_what_to_do_next() {
    let checkout = project();
    let root = text(checkout.root());
    let elsewhere = tempfile::tempdir().unwrap();
    let alone = |folder: &Path, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eegenre"));
        command.args(arguments).current_dir(folder).env_remove("EEGENRE_PROJECT").output().unwrap()
    };
    for (folder, command) in
        [(checkout.root(), "eegenre reproduce"), (elsewhere.path(), "eegenre audit predictions FILE")]
    {
        let output = alone(folder, &[]);
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
        let text = stdout(&output);
        assert!(text.contains(command) && text.lines().count() <= 8, "{text}");
        assert_eq!(text.matches("  eegenre ").count(), 3, "{text}");
        // Each is a command.
        for next in json(&alone(folder, &["--json"]))["next"].as_array().unwrap() {
            let words: Vec<&str> = next["command"].as_str().unwrap().split(' ').skip(1).collect();
            let words: Vec<&str> =
                words.into_iter().map(|word| if word == "DIR" { root } else { word }).collect();
            let help = eegenre(&[&words[..], &["--help"]].concat());
            assert_eq!(help.status.code(), Some(0), "{next}");
        }
    }
}

#[test]
fn completions_are_printed_for_every_shell() {
    for (shell, part) in [
        ("bash", "complete -F _eegenre"),
        ("elvish", "edit:completion"),
        ("fish", "complete -c eegenre"),
        ("powershell", "Register-ArgumentCompleter"),
        ("zsh", "#compdef eegenre"),
    ] {
        let output = eegenre(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        let script = stdout(&output);
        assert!(script.contains(part), "{shell}");
        for word in ["reproduce", "synthesize", "--weights", "--quiet"] {
            // Some shells write options without their dashes.
            assert!(script.contains(word.trim_start_matches('-')), "{shell}: {word}");
        }
        assert!(json(&eegenre(&["completions", shell, "--json"]))["script"] == script.trim_end(), "{shell}");
    }
    assert_eq!(eegenre(&["completions", "tcsh"]).status.code(), Some(2));
}

#[test]
#[cfg(unix)]
fn bash_reads_its_completions() {
    let script = stdout(&eegenre(&["completions", "bash"]));
    let ask = "COMP_WORDS=(eegenre re); COMP_CWORD=1; _eegenre eegenre re eegenre; echo \"${COMPREPLY[*]}\"";
    let output = Command::new("bash").args(["-c", &format!("{script}\n{ask}")]).output().unwrap();
    assert_eq!(
        stdout(&output).trim(),
        "reproduce results records",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn quiet_leaves_answers_and_errors_everywhere() {
    let folder = synthetic_folder();
    let data = folder.path().join("synthetic");
    let (data, out) = (text(&data), folder.path().join("out"));
    let figures = ["figure", "all", "--data", data, "--records", "/nonexistent"];
    for (arguments, code) in [
        (&["split", "--data", data][..], 0),
        (&["data", "describe", "--data", data], 0),
        (&["features", "--data", data, "--out", text(&out)], 0),
        (&["records", "check", "--project", text(project().root())], 0),
        (&figures, 2),
        (&["data", "check", "/nonexistent"], 2),
    ] {
        let [loud, quiet] =
            [&["--json"][..], &["--json", "--quiet"]].map(|more| eegenre(&[arguments, more].concat()));
        assert_eq!((loud.status.code(), quiet.status.code()), (Some(code), Some(code)), "{arguments:?}");
        assert_eq!(quiet.stdout, loud.stdout, "{arguments:?}");
        let said = String::from_utf8(quiet.stderr).unwrap();
        assert_eq!(said.is_empty(), code == 0, "{arguments:?}: {said}");
    }
    // Nobody must take synthetic recordings for others.
    let mut command = Command::new(env!("CARGO_BIN_EXE_eegenre"));
    let output =
        command.args(["-q", "split"]).current_dir(folder.path()).env_remove("EEGENRE_DATA").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("(synthetic: ") && said.lines().count() == 1, "{said}");
}

#[test]
fn no_color_is_honoured() {
    let help = |variables: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eegenre"));
        command.args(["help", "train"]).env_remove("NO_COLOR").env("CLICOLOR_FORCE", "1");
        stdout(&command.envs(variables.iter().copied()).output().unwrap())
    };
    assert!(help(&[]).contains('\u{1b}'), "CLICOLOR_FORCE has no effect, so this tests nothing");
    assert!(!help(&[("NO_COLOR", "1")]).contains('\u{1b}'));
}

/// Synthetic workbooks in a folder of their own.
fn synthetic_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let settings = eegenre::recordings::synthetic::Settings::default();
    eegenre::recordings::synthetic::write(&settings, folder.path().join("synthetic")).unwrap();
    folder
}

#[test]
fn what_is_trained_can_be_summed_up_and_predicts() {
    let folder = synthetic_folder();
    let (data, records) = (folder.path().join("synthetic"), folder.path().join("records"));
    for model in ["baseline", "cnn"] {
        let out = records.join(model);
        let shorter = ["--runs", "2", "--epochs", "2", "--truncate", "960", "--quiet", "--json"];
        let task = ["train", model, "--data", text(&data), "--out", text(&out), "--normalize", "log"];
        let output = eegenre(&[&task[..], &shorter].concat());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stderr.is_empty(), "--quiet: {}", String::from_utf8_lossy(&output.stderr));
        let runs = &json(&output)["runs"];
        assert_eq!((runs[1]["run"].as_u64(), runs[1]["test"].as_u64()), (Some(1), Some(39)));

        let weights = out.join("run-01.best.safetensors");
        let task =
            ["predict", "--model", model, "--weights", text(&weights), "--data", text(&data), "--json"];
        let answer = json(&eegenre(&task));
        let purpose = &answer["purpose"];
        assert_eq!(
            (purpose["settings"]["model"].as_str(), purpose["rate_hz"].as_f64()),
            (Some(model), Some(8.0))
        );
        let predictions = answer["predictions"].as_array().unwrap().clone();
        assert_eq!(predictions.len(), 192);
        let first = &predictions[0];
        assert_eq!((first["stimulus"].as_str(), first["participant"].as_str()), (Some("S1"), Some("P01")));
        assert!(["classical", "instrumental", "pop"].contains(&first["predicted"].as_str().unwrap()));
        let sum: f64 = (0..3).map(|genre| first["probabilities"][genre].as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-9);
        assert_eq!(first["logits"].as_array().unwrap().len(), 3);
        // Training cut recordings to one slice, and the weights know that.
        assert!(first.get("slices").is_none());

        let other = if model == "cnn" { "baseline" } else { "cnn" };
        let task = ["predict", "--model", other, "--weights", text(&weights), "--data", text(&data)];
        let output = eegenre(&task);
        assert_eq!(output.status.code(), Some(2));
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(
            errors.contains(&format!("expected {model}, whose weights these are, found {other}")),
            "{errors}"
        );
    }
    let figures = folder.path().join("figures");
    let of = ["--data", text(&data), "--records", text(&records), "--out", text(&figures), "--json"];
    for (figure, files) in [("3", 2), ("6", 1), ("7", 2), ("8", 2)] {
        let output = eegenre(&[&["figure", figure][..], &of].concat());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(
            json(&output)["figures"].as_array().unwrap().len(),
            files,
            "a PNG, and an SVG of what is not tracked"
        );
    }
    let output = eegenre(&["results", "--data", text(&data), "--records", text(&records), "--json"]);
    let results = json(&output);
    assert_eq!(results["series"].as_array().unwrap().len(), 2);
    // Nothing is said of the paper on synthetic recordings.
    assert!(results.get("verdicts").is_none() && results.get("claims").is_none());
    assert!(results["withheld"][0]["reason"].as_str().unwrap().contains("synthetic"));
}

#[test]
fn results_without_records_and_unknown_networks_exit_with_2() {
    let folder = Folder::sound();
    let nowhere = folder.path().join("nowhere");
    for arguments in [
        &["results", "--data", text(folder.path()), "--records", text(&nowhere)][..],
        &["train", "transformer", "--data", text(folder.path())],
        &["train", "baseline", "--frame", "0", "--data", text(folder.path()), "--out", text(&nowhere)],
        &["train", "cnn", "--kernel", "4", "--data", text(folder.path()), "--out", text(&nowhere)],
        &["train", "baseline", "--device", "cuda:9", "--data", text(folder.path()), "--out", text(&nowhere)],
        &["reproduce", "--device", "cuda:9", "--data", text(folder.path())],
        &[
            "train",
            "baseline",
            "--schedule",
            "beside",
            "--data",
            text(folder.path()),
            "--out",
            text(&nowhere),
        ],
        &["predict", "--model", "cnn", "--weights", text(&nowhere), "--data", text(folder.path())],
    ] {
        let output = eegenre(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8(output.stderr).unwrap().contains("expected"), "{arguments:?}");
    }
}

/// Weights of a baseline as a PyTorch module has them: they do not say what they are for.
fn plain_weights() -> StateDict {
    let bytes = std::fs::read(project().committed_records().join("raw/baseline/run-00.final.safetensors"));
    StateDict::from_bytes(&bytes.unwrap()).unwrap().0
}

#[test]
fn weights_say_what_they_are_for_and_anything_else_is_refused_by_name() {
    let folder = synthetic_folder();
    let data = folder.path().join("synthetic");
    let committed = project().committed_records().join("log/cnn/run-00.best.safetensors");
    let predict = |weights: &Path, data: &Path, options: &[&str]| {
        let task = ["predict", "--weights", text(weights), "--data", text(data)];
        let output = eegenre(&[&task[..], options].concat());
        (output.status.code(), stdout(&output), String::from_utf8(output.stderr).unwrap())
    };
    let (code, answers, notes) = predict(&committed, &data, &[]);
    assert_eq!((code, answers.lines().count()), (Some(0), 192), "{notes}");
    assert!(!notes.contains("does not say"), "{notes}");
    let same = ["--model", "cnn", "--normalize", "log", "--frame", "8", "--kernel", "3"];
    assert_eq!(predict(&committed, &data, &same), (code, answers, notes));
    for (options, said) in [
        (["--model", "baseline"], "network: expected cnn, whose weights these are, found baseline"),
        (
            ["--normalize", "raw"],
            "settings.preparation.normalisation: expected \"log\", as in training, found \"raw\"",
        ),
        (["--frame", "1"], "settings.frame: expected 8, as in training, found 1"),
        (["--truncate", "1608"], "settings.preparation.truncate: expected null, as in training, found 1608"),
    ] {
        let (code, _, errors) = predict(&committed, &data, &options);
        assert_eq!(code, Some(2), "{options:?}");
        assert!(errors.contains(said) && errors.contains(text(&committed)), "{errors}");
    }
    // A module of PyTorch's.
    let plain = folder.path().join("plain.safetensors");
    std::fs::write(&plain, plain_weights().to_bytes(None)).unwrap();
    let (code, _, errors) = predict(&plain, &data, &[]);
    assert_eq!(code, Some(2));
    assert!(errors.contains("--model: expected the network of these weights"), "{errors}");
    let (code, answers, notes) = predict(&plain, &data, &["--model", "baseline"]);
    assert_eq!((code, answers.lines().count()), (Some(0), 192));
    assert!(notes.contains("does not say what its weights are for"), "{notes}");
    std::fs::write(&plain, b"PK\x03\x04").unwrap();
    let (code, _, errors) = predict(&plain, &data, &["--model", "baseline"]);
    assert!(code == Some(2) && errors.contains("safetensors.torch.save_file(torch.load("), "{errors}");
}

#[test]
fn weights_that_are_not_finite_and_recordings_that_overflow_give_no_genre() {
    let folder = synthetic_folder();
    let data = folder.path().join("synthetic");
    let path = folder.path().join("weights.safetensors");
    let task = ["predict", "--model", "baseline", "--weights", text(&path), "--data", text(&data)];
    let mut enormous = plain_weights();
    let mut nan = enormous.clone();
    let (shape, values) = enormous.get("out.weight").unwrap();
    let (shape, mut values) = (shape.to_vec(), values.to_vec());
    enormous.insert("out.weight".into(), shape.clone(), vec![3e38; values.len()]);
    values[5] = f32::NAN;
    nan.insert("out.weight".into(), shape, values);
    for (weights, said) in [
        (nan, "out.weight: expected finite elements of F32, F16, BF16 or F64, found NaN in element 5"),
        (enormous, "recording S1/P01: expected finite outputs of the network"),
    ] {
        std::fs::write(&path, weights.to_bytes(None)).unwrap();
        let output = eegenre(&task);
        let errors = String::from_utf8(output.stderr.clone()).unwrap();
        assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(2), ""), "{errors}");
        assert!(errors.contains(said) && errors.contains(text(&path)), "{errors}");
    }
}

#[test]
fn a_split_that_leaks_says_what_and_what_helps() {
    let warnings = |arguments: &[&str]| {
        let output = eegenre(&[&["split"][..], arguments].concat());
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stderr).unwrap()
    };
    let random = warnings(&[]);
    for leak in ["participants of the test", "songs of the test", "nearest length"] {
        assert!(random.contains(leak), "{leak}: {random}");
    }
    let folder = synthetic_folder();
    let synthetic = warnings(&["--data", text(&folder.path().join("synthetic"))]);
    // Synthetic recordings have the lengths of the published ones, and no zeros.
    let (pads, zeros) = ("samples that the last frame lacks", "exact zeros");
    assert!(synthetic.contains(pads) && !synthetic.contains(zeros), "{synthetic}");
    let both = warnings(&["--scheme", "both"]);
    assert!(!both.contains("participants of the test") && !both.contains("songs of the test"), "{both}");
}

#[test]
fn a_network_trains_on_what_an_ablation_leaves() {
    let here = tempfile::tempdir().unwrap();
    let arguments = ["train", "baseline", "--runs", "1", "--epochs", "1", "--truncate", "80", "--json"];
    let train = |out: &str, more: &[&str]| {
        let out = here.path().join(out);
        eegenre(&[&arguments[..], &["--out", text(&out)], more].concat())
    };
    let noise = train("noise", &["--ablate", "noise", "--ablation-seed", "3"]);
    assert_eq!(noise.status.code(), Some(0));
    assert!(!String::from_utf8(noise.stderr).unwrap().contains("nearest length"), "all are of one length");
    let record = std::fs::read(here.path().join("noise/run-00.json")).unwrap();
    let record: Value = serde_json::from_slice(&record).unwrap();
    let ablation = &record["configuration"]["settings"]["preparation"]["ablation"];
    assert_eq!((&ablation["of"], &ablation["seed"]), (&"noise".into(), &3.into()));
    let unknown = train("unknown", &["--ablate", "silence"]);
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn runs_train_together_or_side_by_side() {
    let here = tempfile::tempdir().unwrap();
    let arguments = ["train", "multilayer", "--runs", "3", "--epochs", "2", "--truncate", "80", "--json"];
    let losses = |schedule: &str, at_once: u64| {
        let out = here.path().join(schedule);
        let output = eegenre(&[&arguments[..], &["--out", text(&out), "--schedule", schedule]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let read = |file: &str| -> Value {
            serde_json::from_slice(&std::fs::read(out.join(file)).unwrap()).unwrap()
        };
        let times = read("run-02.times.json");
        assert_eq!((times["device"].as_str(), times["at_once"].as_u64()), (Some("cpu"), Some(at_once)));
        let losses = read("run-02.json")["history"]["validation"]["loss"].clone();
        losses.as_array().unwrap().iter().map(|loss| loss.as_f64().unwrap()).collect::<Vec<f64>>()
    };
    let (together, alone) = (losses("together", 3), losses("side-by-side", 1));
    assert_eq!(together.len(), 2);
    for (together, alone) in together.iter().zip(&alone) {
        assert!((together - alone).abs() < 1e-3 * alone, "{together} for {alone}");
    }
}

#[test]
fn an_audit_trains_what_is_missing_and_shows_all_of_it() {
    let folder = synthetic_folder();
    let data = folder.path().join("synthetic");
    let eegenre = |arguments: &[&str]| eegenre(&[arguments, &["--data", text(&data)]].concat());
    let output = eegenre(&["audit", "--profile", "smoke", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    let audit = json(&output);
    assert_eq!(audit["missing"], Value::Array(vec![]));
    assert!(audit["known_as"].as_str().unwrap().starts_with("synthetic"));
    let measured = |field: &str| audit[field].as_array().unwrap().len();
    assert!(measured("guesses") == 16 && measured("estimates") > 5 && measured("controls") > 3);
    assert!(!audit["instrument"]["readings"].as_array().unwrap().is_empty());
    let recorded = eegenre(&["audit", "--profile", "smoke", "--recorded"]);
    assert!(stdout(&recorded).contains("Guesses that never see a signal"));
    let unknown = eegenre(&["audit", "--profile", "smoke", "--only", "cut,perceptron"]);
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn features_are_written_and_classified_from_the_file_as_from_the_recordings() {
    let folder = synthetic_folder();
    let (data, file) = (folder.path().join("synthetic"), folder.path().join("features.csv"));
    let data = text(&data);
    let output = eegenre(&["features", "--data", data, "--out", text(&file), "--json"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let features = json(&output);
    assert_eq!(features["rows"].as_array().unwrap().len(), 192);
    assert_eq!(features["features"].as_array().unwrap().len(), 26);
    assert!(stdout(&eegenre(&["features", "--data", data])).contains("hjorth-mobility"));

    let classify = |from: &[&str]| {
        let trial = [
            "--model",
            "svm",
            "--scheme",
            "stimulus",
            "--select",
            "minimum-redundancy",
            "--count",
            "3",
            "--json",
        ];
        let output = eegenre(&[&["classify"], from, &trial].concat());
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        json(&output)
    };
    let estimate = classify(&["--features", text(&file)]);
    assert_eq!(estimate, classify(&["--data", data]));
    assert_eq!(estimate["answers"], 192);
    assert_eq!(estimate["chance"], 0.5);
    assert!(estimate["measures"]["specificity"].is_number());
}

/// Features that know nothing: 24 participants who each heard four songs of two genres, none of the third.
fn noise_of_two_genres(seed: u64) -> String {
    let mut state = seed;
    let mut noise = || {
        // Knuth's generator (The Art of Computer Programming 2, 3.3.4); its high bits are the good ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1_u32 << 31)
    };
    let mut table = "participant,stimulus,label,a,b,c\n".to_owned();
    for participant in 1..=24 {
        for song in 1..=8 {
            let genre = if song <= 4 { "classical" } else { "instrumental" };
            let values = [noise(), noise(), noise()].map(|value| value.to_string()).join(",");
            table += &format!("P{participant:02},S{song},{genre},{values}\n");
        }
    }
    table
}

/// Of noise, accuracies on held-out participants are significantly above chance about as rarely as the test says.
#[test]
fn chance_follows_from_the_design_and_noise_is_not_significantly_above_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("noise.csv");
    let is_above = |seed: &u64| {
        std::fs::write(&file, noise_of_two_genres(*seed)).unwrap();
        let answer = json(&eegenre(&["classify", "--features", text(&file), "--model", "knn", "--json"]));
        assert_eq!(answer["chance"], 0.5, "{answer}");
        answer["exchanged"]["p"].as_f64().unwrap() <= 0.05
    };
    // Of 20 tables, one has a p value of 0.05 or less; more than four have a probability of 0.3 %.
    let above = (1..=20).filter(is_above).count();
    assert!(above <= 4, "{above} of 20");
}

#[test]
fn classifying_what_is_no_table_or_in_no_known_way_exits_with_2() {
    let folder = Folder::sound();
    folder.put("table.csv", b"participant,stimulus,label,mean\nP01,S1,classical,much\n");
    let file = folder.file("table.csv");
    let output = eegenre(&["classify", "--features", text(&file), "--model", "knn"]);
    assert_eq!(output.status.code(), Some(2));
    let lines = String::from_utf8(output.stderr).unwrap();
    assert!(lines.contains("table.csv, cell D2: expected a number, or nothing, found \"much\""), "{lines}");
    for arguments in
        [&["--model", "tree"][..], &["--model", "knn", "--select", "best"], &["--scheme", "song"]]
    {
        let output = eegenre(&[&["classify", "--data", text(folder.path())], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}
