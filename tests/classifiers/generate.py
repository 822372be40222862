"""Prints what the tests of src/classifiers expect of scikit-learn and of numpy.

    python3 -m venv target/peers
    target/peers/bin/pip install --require-hashes -r benches/peers/requirements-features.txt
    target/peers/bin/python tests/classifiers/generate.py

Rows are formulas, so that a test can make the same.
"""

import numpy as np
from scipy.signal import welch
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression, RidgeClassifierCV
from sklearn.metrics import mutual_info_score
from sklearn.svm import SVC


def noise(index):
    return np.cos(0.7 * np.asarray(index, dtype=float) ** 2)


def grid(rows, columns):
    row, column = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    return row, column, noise(row * columns + column)


def support_vectors():
    row, column, values = grid(80, 6)
    values = values + (column == row % 3)
    labels = np.arange(80) % 3
    machines = [SVC(C=1, gamma=1 / 6, tol=1e-9).fit(values[:72], labels[:72] == genre) for genre in range(3)]
    decisions = np.array([machine.decision_function(values[72:]) for machine in machines]).T
    print("decisions", decisions.round(6).tolist())
    print("genres", decisions.argmax(axis=1).tolist())


def information():
    row, _, values = grid(90, 6)
    label = np.arange(90) % 3
    values[:, 2] = label + 0.9 * values[:, 1] + 0.2 * values[:, 2]
    values[:, 1] = label + 0.9 * values[:, 1]
    values[:, 4] = (label == 1) + 0.9 * values[:, 4]
    edges = np.quantile(values, [0.2, 0.4, 0.6, 0.8], axis=0)
    bins = np.array([np.searchsorted(edges[:, k], values[:, k], side="right") for k in range(6)])
    relevance = np.array([mutual_info_score(label, b) for b in bins])
    print("information", relevance.tolist())
    between = np.array([[mutual_info_score(a, b) for b in bins] for a in bins])
    selected = [int(relevance.argmax())]
    while len(selected) < 6:
        score = relevance - between[:, selected].mean(axis=1)
        score[selected] = -np.inf
        selected.append(int(score.argmax()))
    print("minimum redundancy", selected)


def network():
    """Gradients written out, so that no framework is needed."""
    _, _, values = grid(24, 5)
    labels = np.eye(3)[np.arange(24) % 3]
    cosines = lambda tensor, *shape: 0.3 * np.cos((np.arange(np.prod(shape)) + tensor) ** 2.0).reshape(shape)
    weights = [cosines(0, 30, 5), cosines(1, 30), cosines(2, 3, 30), cosines(3, 3)]
    first, second = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    losses = []
    for step in range(20):
        rows = slice(12 * (step % 2), 12 * (step % 2) + 12)
        x, y = values[rows], labels[rows]
        before = x @ weights[0].T + weights[1]
        hidden = np.maximum(before, 0)
        logits = hidden @ weights[2].T + weights[3]
        belief = np.exp(logits - logits.max(axis=1, keepdims=True))
        belief /= belief.sum(axis=1, keepdims=True)
        losses.append(-np.log((belief * y).sum(axis=1)).mean())
        d_logits = (belief - y) / len(x)
        d_before = d_logits @ weights[2] * (before > 0)
        gradients = [d_before.T @ x, d_before.sum(axis=0), d_logits.T @ hidden, d_logits.sum(axis=0)]
        for k, g in enumerate(gradients):
            first[k] = 0.9 * first[k] + 0.1 * g
            second[k] = 0.999 * second[k] + 0.001 * g * g
            m, v = first[k] / (1 - 0.9 ** (step + 1)), second[k] / (1 - 0.999 ** (step + 1))
            weights[k] = weights[k] - 0.01 * m / (np.sqrt(v) + 1e-8)
    print("losses", [round(loss, 6) for loss in losses])


def planted(rows, columns):
    """As `support_vectors`: 0.6 more in the column of the label, so that no answer is certain. Scaled to a spread of 1."""
    row, column, values = grid(rows, columns)
    values = values + 0.6 * (column == row % 3)
    return values / values[: rows - 8].std(axis=0), np.arange(rows) % 3


def linear():
    for columns in (6, 120):
        values, labels = planted(68, columns)
        ridge = RidgeClassifierCV(alphas=np.logspace(-3, 3, 10)).fit(values[:60], labels[:60])
        print("ridge", columns, ridge.alpha_, ridge.decision_function(values[60:]).round(6).tolist())
    values, labels = planted(68, 6)
    # Labels of unequal frequency, so that priors matter.
    labels[:60:7] = 2
    values = (values - values[:60].mean(axis=0)) / values[:60].std(axis=0)
    lda = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.1).fit(values[:60], labels[:60])
    print("discriminant", lda.decision_function(values[60:]).round(6).tolist())
    logistic = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000).fit(values[:60], labels[:60])
    print("logistic", logistic.predict_proba(values[60:]).round(6).tolist())


def spectrum():
    i = np.arange(700)
    signal = np.cos(0.7 * i.astype(float) ** 2) + 2 * np.cos(0.2 * i)
    frequency, density = welch(signal, fs=8, nperseg=256)
    print("density", density[[1, 2, 8, 9, 64, 127, 128]].tolist())


if __name__ == "__main__":
    linear()
    spectrum()
    support_vectors()
    information()
    network()
