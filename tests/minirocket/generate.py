"""Writes expected.json beside this file: what src/features/minirocket.rs must agree with.

    python3 -m venv target/peers
    target/peers/bin/pip install aeon==1.6.0 scikit-learn==1.9.1 numpy==2.3.5
    target/peers/bin/python tests/minirocket/generate.py

Signals are formulas, so that a test can make the same. Each transform is fitted to one signal, so that nothing in it is
drawn at random.
"""

import json
from pathlib import Path

import numpy as np
from aeon.transformations.collection.convolution_based import MiniRocket
from aeon.transformations.collection.convolution_based._minirocket import _fit_dilations

HERE = Path(__file__).parent


def signal(length, key):
    i = np.arange(length, dtype=float)
    return np.cos(0.7 * (i + key) ** 2) + np.cos(0.05 * i * (1 + key))


def dilations(length, features):
    found, counts = _fit_dilations(length, features, 32)
    return {"length": length, "features": features, "dilations": found.tolist(), "counts": counts.tolist()}


def transform(length, features):
    fitted, other = signal(length, 0)[None, None], signal(length, 1)[None, None]
    rocket = MiniRocket(n_kernels=features, random_state=0).fit(fitted)
    biases = rocket.parameters[4]
    rows = [rocket.transform(one)[0] for one in (fitted, other)]
    return {
        "length": length,
        "features": features,
        "biases": [round(float(x), 5) for x in biases],
        "rows": [[round(float(x), 5) for x in row] for row in rows],
    }


def main():
    lengths = [9, 10, 17, 100, 201, 1608, 1856, 2197]
    expected = {
        "dilations": [dilations(length, features) for length in lengths for features in (84, 420, 10_000)],
        "transforms": [transform(60, 84), transform(150, 420)],
    }
    (HERE / "expected.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    main()
