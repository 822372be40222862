#!/usr/bin/env python3
"""Computes the slow features with eegenre, antropy, neurokit2, EntropyHub and nolds, and prints the ratios of times.

    python3 -m venv target/peers
    target/peers/bin/pip install --require-hashes -r benches/peers/requirements-features.txt
    target/peers/bin/python benches/peers/features.py

Signals are one recording of each song, of the real lengths (1608 to 2197 samples), the same for all. Each time is that of
one recording on one thread, a median over rounds that take all candidates in turn; what compiles itself on first use is
called once before. Peers are called as eegenre defines the feature, where they can be; neurokit2 computes what its own
defaults add.
"""

import json
import os
import statistics
import subprocess
import time
import warnings
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"

import antropy
import EntropyHub
import neurokit2
import nolds
import numpy

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "target/benches/features"
ROUNDS = 3


def sizes(smallest, largest):
    return sorted({n for n in (int(smallest * 1.2**i) for i in range(50)) if n <= largest})


CANDIDATES = {
    "approximate-entropy": {
        "antropy": antropy.app_entropy,
        "neurokit2": lambda x: neurokit2.entropy_approximate(x, dimension=2, tolerance=0.2 * numpy.std(x)),
    },
    "fuzzy-entropy": {
        "EntropyHub": lambda x: EntropyHub.FuzzEn(x / numpy.std(x), m=2, r=(0.2, 2.0)),
        "neurokit2": lambda x: neurokit2.entropy_fuzzy(x, dimension=2, tolerance=0.2 * numpy.std(x)),
    },
    "permutation-entropy": {
        "antropy": lambda x: antropy.perm_entropy(x, order=3, normalize=True),
        "neurokit2": lambda x: neurokit2.entropy_permutation(x, dimension=3, delay=1),
    },
    "hjorth-complexity": {"antropy": antropy.hjorth_params, "neurokit2": neurokit2.complexity_hjorth},
    "fluctuation-exponent": {
        "antropy": antropy.detrended_fluctuation,
        "neurokit2": lambda x: neurokit2.fractal_dfa(x, scale=sizes(4, len(x) // 10), overlap=False),
    },
    "hurst-exponent": {
        "nolds": lambda x: nolds.hurst_rs(x, nvals=sizes(10, len(x) // 4), fit="poly"),
        "neurokit2": lambda x: neurokit2.fractal_hurst(x, scale=sizes(10, len(x) // 4)),
    },
}


def seconds(function, signals):
    start = time.perf_counter()
    for signal in signals:
        function(signal)
    return (time.perf_counter() - start) / len(signals)


def main():
    warnings.simplefilter("ignore")
    command = ["cargo", "bench", "--quiet", "--bench", "features", "--", "--json", "--export", FOLDER]
    ours, signals, times = [], [], {}
    for round_number in range(ROUNDS):
        run = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        ours.append(json.loads(run.stdout))
        signals = signals or [numpy.fromfile(path, dtype="<f8") for path in sorted(FOLDER.glob("*.f64"))]
        for feature, peers in CANDIDATES.items():
            for peer, function in peers.items():
                if round_number == 0:
                    function(signals[0])
                times.setdefault((feature, peer), []).append(seconds(function, signals))
    tables = [run["table"] for run in ours]
    lengths = [len(signal) for signal in signals]
    print(f"{len(signals)} recordings of {min(lengths)} to {max(lengths)} samples, {ROUNDS} rounds; medians, one thread")
    print(f"{'':22} {'':10} {'ms':>9} {'ratio':>8}")
    totals = {"eegenre": statistics.median(sum(run["features"].values()) for run in ours)}
    for feature, peers in CANDIDATES.items():
        base = statistics.median(run["features"][feature] for run in ours)
        print(f"{feature:22} {'eegenre':10} {1000 * base:9.3f} {1:8.1f}")
        for peer in peers:
            middle = statistics.median(times[feature, peer])
            print(f"{'':22} {peer:10} {1000 * middle:9.3f} {middle / base:8.1f}")
    print(f"all 26 features of a recording, eegenre: {1000 * totals['eegenre']:.2f} ms on one thread")
    spread = f"{min(tables):.3f}-{max(tables):.3f}"
    print(f"all features of 192 recordings, eegenre, {os.cpu_count()} cores: {statistics.median(tables):.3f} s ({spread})")
    slow = ["approximate-entropy", "fuzzy-entropy", "permutation-entropy", "hjorth-complexity", "fluctuation-exponent", "hurst-exponent"]
    fastest = sum(min(statistics.median(times[feature, peer]) for peer in CANDIDATES[feature]) for feature in slow)
    neurokit = sum(statistics.median(times[feature, "neurokit2"]) for feature in slow)
    base = statistics.median(sum(run["features"][feature] for feature in slow) for run in ours)
    print(f"these six together: the fastest peer of each {fastest / base:.1f}, neurokit2 {neurokit / base:.1f} times eegenre")


if __name__ == "__main__":
    main()
