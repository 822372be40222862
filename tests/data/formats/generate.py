#!/usr/bin/env python3
"""Writes the small synthetic recordings of this folder and what MNE reads in them (see requirements.txt).

    python generate.py

Files are written by MNE (with edfio), by edfio itself and by pyedflib, where MNE cannot. `expected.json` holds for each
file what MNE reads: names, rate in hertz, and samples in the unit of the file. Nothing here is of anybody's brain.
"""
import json
import struct
import warnings
from pathlib import Path

import edfio
import mne
import numpy as np
import pyedflib

HERE = Path(__file__).parent
warnings.simplefilter("ignore")
mne.set_log_level("ERROR")


def waves(channels, samples, rate):
    """Microvolts of both signs that no two channels share."""
    t = np.arange(samples) / rate
    return np.array([(20 + 7 * c) * np.sin(2 * np.pi * (1 + c) * t + c) + 3 * c for c in range(channels)])


def raw(names, samples, rate, types="eeg"):
    info = mne.create_info(names, rate, types)
    return mne.io.RawArray(waves(len(names), samples, rate) * 1e-6, info)


def by_mne():
    mne.export.export_raw(HERE / "synthetic-mne.edf", raw(["F7", "F8"], 64, 32.0), overwrite=True)
    mne.export.export_raw(HERE / "synthetic-mne.bdf", raw(["Fp1", "Cz"], 64, 32.0), overwrite=True)
    # A rate that is no whole number, and annotations.
    odd = raw(["F7"], 60, 12.5)
    odd.set_annotations(mne.Annotations([0.5, 2.0], [0.0, 1.0], ["button", "song"]))
    mne.export.export_raw(HERE / "synthetic-mne-12.5-hz.edf", odd, overwrite=True)


def by_edfio():
    millivolts = edfio.EdfSignal(waves(1, 32, 16)[0] / 1e3, 16, label="EEG F7-Ref", physical_dimension="mV")
    other = edfio.EdfSignal(np.linspace(90, 99, 8), 4, label="SpO2", physical_dimension="%")
    edfio.Edf([millivolts, other]).write(HERE / "synthetic-edfio-two-rates.edf")


def by_pyedflib():
    names, rate = ["A1", "A2"], 16
    with pyedflib.EdfWriter(str(HERE / "synthetic-pyedflib.bdf"), 2, file_type=pyedflib.FILETYPE_BDFPLUS) as file:
        for channel, name in enumerate(names):
            file.setSignalHeader(channel, {
                "label": name, "dimension": "uV", "sample_frequency": rate, "physical_min": -200.0,
                "physical_max": 300.0, "digital_min": -8388608, "digital_max": 8388607,
                "transducer": "", "prefilter": ""})
        file.writeSamples(list(waves(2, 48, rate)))
        file.writeAnnotation(1.0, -1, "button")


def discontinuous():
    """EDF+D from an EDF+C file: the onsets of records are kept, or moved behind a gap of 3 s from record 3 on."""
    bytes_ = bytearray((HERE / "synthetic-mne-12.5-hz.edf").read_bytes())
    bytes_[192:197] = b"EDF+D"
    (HERE / "synthetic-discontinuous-without-gap.edf").write_bytes(bytes_)
    signals, records = int(bytes_[252:256]), int(bytes_[236:244])
    header = 256 * (signals + 1)
    samples = [int(bytes_[256 + 216 * signals + 8 * s:][:8]) for s in range(signals)]
    size = 2 * sum(samples)
    duration = float(bytes_[244:252])
    for record in range(3, records):
        start = header + record * size + 2 * sum(samples[:-1])
        old = bytes(bytes_[start:start + 2 * samples[-1]])
        rest = old[old.index(b"\x14"):].rstrip(b"\0") + b"\0"
        moved = b"+%g" % (record * duration + 3) + rest
        assert len(moved) <= len(old)
        bytes_[start:start + len(old)] = moved.ljust(len(old), b"\0")
    (HERE / "synthetic-discontinuous-with-gap.edf").write_bytes(bytes_)


def biosemi():
    """BDF as BioSemi's recorder writes it: 24 bits, a status channel, no annotations. By hand: no library writes one."""
    rate, records = 16, 2
    digital = np.round(waves(1, rate * records, rate)[0] / 500 * 8388608).astype(int)
    field = lambda texts, width: b"".join(text.encode("latin-1").ljust(width) for text in texts)
    header = b"\xffBIOSEMI" + field(["synthetic", "synthetic"], 80) + b"01.01.2000.00.00" + field(["768"], 8)
    header += field(["24BIT"], 44) + field([str(records), "1"], 8) + field(["2"], 4)
    header += field(["F7", "Status"], 16) + field(["", ""], 80) + field(["uV", "Boolean"], 8)
    header += field(["-500", "-8388608"], 8) + field(["500", "8388608"], 8)
    header += field(["-8388608", "-8388608"], 8) + field(["8388608", "8388608"], 8)
    header += field(["", ""], 80) + field([str(rate), str(rate)], 8) + field(["", ""], 32)
    body = b""
    for record in range(records):
        for values in (digital[record * rate:][:rate], [255 << 8] * rate):
            body += b"".join(struct.pack("<i", int(value))[:3] for value in values)
    (HERE / "synthetic-biosemi.bdf").write_bytes(header + body)


def tables():
    raw(["F7", "F8"], 24, 12.5).to_data_frame().to_csv(HERE / "synthetic-mne-12.5-hz.csv", index=False)
    frame = raw(["F7", "F8"], 24, 12.5).to_data_frame()
    text = frame.to_csv(index=False, sep=";", decimal=",")
    (HERE / "synthetic-decimal-commas.csv").write_bytes(text.encode("utf-16"))
    frame.to_parquet(HERE / "synthetic-mne-12.5-hz.parquet", index=False)


def expected():
    """What MNE reads, in the unit of the file."""
    readers = {".edf": mne.io.read_raw_edf, ".bdf": mne.io.read_raw_bdf}
    entries = {}
    for path in sorted(HERE.glob("synthetic-*")):
        if path.suffix not in readers or path.stem.endswith("with-gap"):
            continue
        wanted = {"include": ["EEG F7-Ref"]} if "two-rates" in path.stem else {}
        read = readers[path.suffix](path, preload=True, **wanted)
        read = read.drop_channels([name for name in read.ch_names if name == "Status"])
        volts = {"mV": 1e3, "uV": 1e6, "µV": 1e6}
        units = [read._orig_units[name] for name in read.ch_names]
        scale = np.array([volts[unit] for unit in units])
        samples = read.get_data() * scale[:, None]
        entries[path.name] = {"channels": read.ch_names, "units": units, "rate_hz": read.info["sfreq"],
                              "samples": [[round(value, 9) for value in channel] for channel in samples.tolist()]}
    versions = {"mne": mne.__version__, "edfio": edfio.__version__, "pyedflib": pyedflib.__version__}
    line = lambda name, value: json.dumps(name) + ": " + json.dumps(value, ensure_ascii=False)
    lines = [line("read_by", versions)] + [line(name, entry) for name, entry in entries.items()]
    (HERE / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


by_mne()
by_edfio()
by_pyedflib()
discontinuous()
biosemi()
tables()
expected()
