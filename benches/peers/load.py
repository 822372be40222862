#!/usr/bin/env python3
"""Loads the same twelve workbooks with eegenre and with its peers, in turn, and prints the ratios of their times.

    python3 -m venv target/peers
    target/peers/bin/pip install --require-hashes -r benches/peers/requirements.txt
    cargo build --release
    target/peers/bin/python benches/peers/load.py [DIR]

Without DIR, synthetic workbooks of the real size are made. Each peer reads every workbook into a table of numbers, in
the way its documentation shows. Its time is that of the reading alone, without starting Python and importing; eegenre's
is that of the whole process, checks and fingerprint included. Every round runs each once, in turn, so that a slow
moment of the machine meets all of them. Peak memory is that of a process that loads once.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EEGENRE = ROOT / "target/release/eegenre"
ROUNDS = 7

# What a peer's process runs: `load(paths)` reads all workbooks, and the time around it is printed with peak memory.
PEERS = {
    "pandas + openpyxl": """
import pandas
def load(paths): return [pandas.read_excel(path, engine="openpyxl") for path in paths]
""",
    "pandas + python-calamine": """
import pandas
def load(paths): return [pandas.read_excel(path, engine="calamine") for path in paths]
""",
    "polars (fastexcel, calamine)": """
import polars
def load(paths): return [polars.read_excel(path, engine="calamine") for path in paths]
""",
    "python-calamine": """
import python_calamine
def load(paths):
    return [python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python() for path in paths]
""",
}
TIMED = """
import json, resource, sys, time
start = time.perf_counter()
tables = load(sys.argv[1:])
seconds = time.perf_counter() - start
assert len(tables) == 12
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""
# The whole process of eegenre, timed from a small parent, with the peak memory of the child.
OURS = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
seconds = time.perf_counter() - start
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024]))
"""


def measured(code, arguments, **environment):
    output = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        check=True, capture_output=True, text=True, env={**os.environ, **environment},
    )
    return json.loads(output.stdout)


def main():
    if not EEGENRE.is_file():
        sys.exit(f"{EEGENRE}: expected the release build, found nothing; run cargo build --release")
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1])
        inside = folder / "music-affect_v2-eeg-timeseries"
        folder = inside if inside.is_dir() else folder
    else:
        folder = ROOT / "target/benches/peers"
        folder.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([EEGENRE, "data", "synthesize", "--out", folder], check=True, stdout=subprocess.DEVNULL)
    paths = [str(folder / f"S{song}.xlsx") for song in range(1, 13)]
    ours = [str(EEGENRE), "data", "describe", "--json", "--data", str(folder)]
    candidates = {
        "eegenre": lambda: measured(OURS, ours),
        "eegenre, one thread": lambda: measured(OURS, ours, RAYON_NUM_THREADS="1"),
        **{name: (lambda code=code: measured(code + TIMED, paths)) for name, code in PEERS.items()},
    }
    runs = {name: [] for name in candidates}
    for _ in range(ROUNDS):
        for name, run in candidates.items():
            runs[name].append(run())
    base = statistics.median(seconds for seconds, _ in runs["eegenre"])
    print(f"{folder}, {ROUNDS} rounds, {os.cpu_count()} cores; medians")
    print(f"{'':30} {'seconds':>8} {'range':>15} {'peak MB':>8} {'ratio':>7}")
    for name, results in runs.items():
        seconds = [result[0] for result in results]
        middle, peak = statistics.median(seconds), max(result[1] for result in results)
        spread = f"{min(seconds):.3f}-{max(seconds):.3f}"
        print(f"{name:30} {middle:8.3f} {spread:>15} {peak:8.0f} {middle / base:6.1f}x")


if __name__ == "__main__":
    main()
