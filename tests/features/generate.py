"""Writes what tests/features.rs expects: values of the same features by libraries that others wrote and keep.

    python3 -m venv target/peers
    target/peers/bin/pip install --require-hashes -r benches/peers/requirements-features.txt
    target/peers/bin/python tests/features/generate.py > tests/features/expected.json

Signals are formulas, so that the test can make the same. A feature that no library has as defined here is left out of
this file and compared with its definition, word for word, beside its code.
"""

import json
import warnings

import antropy
import EntropyHub
import neurokit2
import numpy as np
import scipy.stats
from nolds import dfa, hurst_rs


def noise(count):
    """A linear congruential generator: uniform on [0, 1)."""
    state, values = 1, []
    for _ in range(count):
        state = (1103515245 * state + 12345) % 2**31
        values.append(state / 2**31)
    return np.array(values)


def signals():
    steps = np.arange(1000.0)
    uniform = noise(1000)
    return {
        "noise": uniform,
        "sine": np.sin(0.1 * steps),
        "ramp": steps,
        "heavy": 0.05 / (uniform + 0.001) ** 1.5,
        "walk": np.cumsum(uniform - 0.5),
        "two-tones": np.sin(0.05 * steps) + 0.3 * np.cos(1.7 * steps),
        "short": noise(60),
        "very-short": noise(12),
    }


def sizes(smallest, largest):
    """Those of nolds and antropy, but compared with the largest when they are rounded, not before."""
    return sorted({n for n in (int(smallest * 1.2**i) for i in range(50)) if n <= largest})


def rows(x):
    n = len(x)
    d = np.diff(x)
    spread = np.std(x)
    found = {
        "mean": np.mean(x),
        "maximum": np.max(x),
        "minimum": np.min(x),
        "standard-deviation": np.std(x, ddof=1),
        "interquartile-range": scipy.stats.iqr(x),
        "variance": np.var(x, ddof=1),
        "sum": np.sum(x),
        "skewness": scipy.stats.skew(x),
        "kurtosis": scipy.stats.kurtosis(x, fisher=False),
        "first-difference": np.mean(np.abs(d)),
        "second-difference": np.mean(np.abs(x[2:] - x[:-2])),
        "root-mean-square": np.sqrt(np.mean(x**2)),
        "absolute-sum": np.linalg.norm(x, 1),
        "square-integral": np.dot(x, x),
        "mean-absolute-value": np.mean(np.abs(x)),
        "log-detector": scipy.stats.gmean(np.abs(x)),
        "amplitude-change": np.sum(np.abs(d)) / n,
        "difference-deviation": np.sqrt(np.mean(d**2)),
        "approximate-entropy": antropy.app_entropy(x, order=2),
        # The last of Fuzz is that of m = 2.
        "fuzzy-entropy": EntropyHub.FuzzEn(x / spread, m=2, tau=1, r=(0.2, 2.0))[0][-1],
        "shannon-entropy": scipy.stats.entropy(np.histogram(x, bins=16)[0], base=2),
        "permutation-entropy": antropy.perm_entropy(x, order=3, normalize=True),
        "hjorth-mobility": antropy.hjorth_params(x)[0],
    }
    # A ramp's differences are constant, and what divides by their spread is rounding.
    if np.ptp(d) > 1e-12:
        found["hjorth-complexity"] = antropy.hjorth_params(x)[1]
    if n >= 50:
        found["fluctuation-exponent"] = dfa(x, nvals=sizes(4, n // 10), overlap=False, fit_exp="poly")
        found["hurst-exponent"] = hurst_rs(x, nvals=sizes(10, n // 4), fit="poly", corrected=True, unbiased=True)
    # A second library where there is one.
    again = {
        "approximate-entropy": EntropyHub.ApEn(x, m=2)[0][-1],
        "permutation-entropy": neurokit2.entropy_permutation(x, dimension=3, delay=1, corrected=True)[0],
        "hjorth-mobility": neurokit2.complexity_hjorth(x)[1]["Mobility"],
    }
    for name, value in again.items():
        if abs(value - found[name]) > 1e-9:
            warnings.warn(f"{name}: {found[name]} and {value}")
    return {name: float(value) for name, value in found.items()}


def main():
    print(json.dumps({name: rows(x) for name, x in signals().items()}, indent=1))


if __name__ == "__main__":
    main()
