#!/usr/bin/env python3
"""Trains the paper's three networks with eegenre, PyTorch and candle, in turn, and prints the ratios of times.

    python3 -m venv target/peers
    target/peers/bin/pip install --require-hashes -r benches/peers/requirements-train.txt
    target/peers/bin/python benches/peers/train.py [NETWORK ...]

An epoch is a training pass and a validation pass, on synthetic recordings of the published ones' lengths; all read
the same values, in batches of the paper's sizes. Every round measures each candidate once, in turn, so that a
slow moment of the machine meets all of them. A time is the median epoch of a measurement.

PyTorch's LSTMs are timed in three ways: packed, as its documentation handles sequences of unequal length; padded,
which is its fastest; and padded with denormal numbers flushed to zero (`torch.set_flush_denormal`), because gradients
that fade over hundreds of steps become denormal, and many processors compute with those far more slowly. With all
cores, eegenre trains one run on each; PyTorch uses its threads within one run, or one process of one thread on each
core. Times of several runs side by side are divided by their number.

candle (`benches/peers/candle`) is built for this machine's processor (`target-cpu=native`). Where that fails, the
reason is printed and candle left out.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "target/benches/epoch"
CANDLE = ROOT / "target/candle"
ROUNDS = 3
EPOCHS = {"baseline": 20, "multilayer": 5, "cnn": 20}
CORES = os.cpu_count()


def eegenre(network, threads):
    """Seconds of an epoch, and the share of the measured peak of a core."""
    command = ["cargo", "bench", "--quiet", "--bench", "epoch", "--", network, "--json", "--threads", str(threads)]
    answer = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    return answer["median_seconds"] / threads, answer["share_of_peak"]


def pytorch(network, threads=1, processes=1, flush=False, padded=True):
    command = [sys.executable, __file__, "--worker", network, str(threads), str(int(flush)), str(int(padded))]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    seconds = [float(worker.communicate()[0]) for worker in workers]
    return statistics.mean(seconds) / processes, None


def build_candle():
    """Whether there is a candle to compare with; where not, says why."""
    manifest = ROOT / "benches/peers/candle/Cargo.toml"
    command = ["cargo", "build", "--release", "--locked", "--manifest-path", manifest, "--target-dir", CANDLE]
    flags = {"RUSTFLAGS": "-C target-cpu=native"}
    built = subprocess.run(command, cwd=ROOT, env=os.environ | flags, capture_output=True, text=True)
    if built.returncode != 0:
        print(f"candle is left out, because its build failed:\n{built.stderr.strip()}")
    return built.returncode == 0


def candle(network):
    command = [CANDLE / "release/candle-peer", network, DATA, str(EPOCHS[network])]
    one_thread = {"RAYON_NUM_THREADS": "1"}
    run = subprocess.run(command, check=True, env=os.environ | one_thread, stdout=subprocess.PIPE, text=True)
    return float(run.stdout), None


def worker(name, threads, flush, padded):
    """Trains and prints the median seconds of an epoch."""
    import numpy
    import torch

    sys.path.insert(0, str(ROOT / "tests/pytorch"))
    from networks import TRAINING, network

    torch.set_num_threads(threads)
    torch.set_flush_denormal(flush)
    torch.manual_seed(0)
    data = "cnn" if name == "cnn" else "lstm"
    shapes = json.loads((DATA / f"{data}.json").read_text())
    values = torch.from_numpy(numpy.fromfile(DATA / f"{data}.f32", dtype="<f4")).reshape(-1, 8)
    parts, row = {}, 0
    for part in ("training", "validation"):
        examples = []
        for frames, _ in shapes[part]:
            examples.append(values[row : row + frames].clone())
            row += frames
        parts[part] = examples, torch.tensor([label for _, label in shapes[part]])
    assert row == len(values)

    batch, learning_rate = TRAINING[name]
    model = network(name, padded=padded)
    adam = torch.optim.Adam(model.parameters(), lr=learning_rate)
    loss_of = torch.nn.functional.cross_entropy

    def epoch():
        examples, labels = parts["training"]
        model.train()
        for members in torch.randperm(len(examples)).split(batch):
            adam.zero_grad()
            loss_of(model([examples[i] for i in members]), labels[members]).backward()
            adam.step()
        examples, labels = parts["validation"]
        model.eval()
        with torch.no_grad():
            right = sum(
                int((model(examples[i : i + batch]).argmax(1) == labels[i : i + batch]).sum())
                for i in range(0, len(examples), batch)
            )
        assert 0 <= right <= len(examples)

    seconds = []
    for _ in range(EPOCHS[name] + 1):
        start = time.perf_counter()
        epoch()
        seconds.append(time.perf_counter() - start)
    print(statistics.median(seconds[1:]))


def main():
    networks = sys.argv[1:] or list(EPOCHS)
    command = ["cargo", "bench", "--bench", "epoch", "--", "--export", str(DATA)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    candidates = {
        "one thread": {
            "eegenre": lambda name: eegenre(name, 1),
            "PyTorch": lambda name: pytorch(name),
            "PyTorch, denormals flushed": lambda name: pytorch(name, flush=True),
            "PyTorch, packed": lambda name: pytorch(name, padded=False),
        },
        f"{CORES} cores": {
            f"eegenre, {CORES} runs side by side": lambda name: eegenre(name, CORES),
            f"PyTorch, {CORES} threads in one run": lambda name: pytorch(name, threads=CORES),
            f"PyTorch, {CORES} processes": lambda name: pytorch(name, processes=CORES),
        },
    }
    if build_candle():
        candidates["one thread"]["candle"] = candle
    print(f"{CORES} cores, {ROUNDS} rounds; median seconds per epoch and run, range over rounds")
    for name in networks:
        runs = {}
        for _ in range(ROUNDS):
            for group, members in candidates.items():
                for label, run in members.items():
                    if name == "cnn" and "packed" in label:
                        continue
                    runs.setdefault((group, label), []).append(run(name))
        for group, members in candidates.items():
            base = None
            for label in members:
                if (group, label) not in runs:
                    continue
                seconds = [result[0] for result in runs[group, label]]
                middle = statistics.median(seconds)
                base = base or middle
                shares = [result[1] for result in runs[group, label] if result[1]]
                share = f"{100 * statistics.median(shares):5.0f} % of peak" if shares else ""
                spread = f"{min(seconds):.4f}-{max(seconds):.4f}"
                print(f"{name:11} {group:11} {label:36} {middle:8.4f} {spread:>16} {middle / base:6.1f}x {share}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        worker(sys.argv[2], int(sys.argv[3]), *(flag == "1" for flag in sys.argv[4:]))
    else:
        main()
