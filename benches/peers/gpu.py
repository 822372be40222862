#!/usr/bin/env python3
"""Trains the paper's three networks on one GPU with eegenre and with PyTorch, in turn, and prints the ratios of times.

    eval "$(python3 cuda/toolkit.py)"                    # unless the machine has a CUDA toolkit
    python3 -m venv target/peers
    target/peers/bin/pip install --require-hashes -r benches/peers/requirements-train.txt
    target/peers/bin/python benches/peers/gpu.py [--device cuda] [--runs 15] [--json] [NETWORK ...]

With --program, eegenre's bench `together` is that program, and nothing is built (`cuda/measure.py` uses it so).
With --json, every measurement is one line of JSON, printed as soon as it is there.

What is compared, per run: eegenre with all runs together and with one run alone; PyTorch with one run after the other,
whose LSTMs are cuDNN's, packed and padded; and PyTorch with all runs together (`torch.vmap` over stacked weights, one
fused Adam), which cuDNN's LSTM does not allow: its steps are then PyTorch's own, over batches padded to the longest
recording, captured once as a CUDA graph. All read the same synthetic recordings, of the published ones' lengths, in
batches of the paper's sizes. An epoch is a training pass and a validation pass. Rounds are in turn, so that a slow moment
meets all.

With --device cpu everything runs without a GPU, to see that it works; the times are then of no interest.
"""

import argparse
import copy
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "target/benches/together"
NETWORKS = ["baseline", "multilayer", "cnn"]
ROUNDS = 3
# Seconds of a measurement, after an epoch that is not counted.
PATIENCE = 4.0


def bench(chosen, *arguments):
    """What eegenre's bench prints."""
    features = ["--features", "cuda"] if chosen.device.startswith("cuda") else []
    command = ["cargo", "bench", "--quiet", *features, "--bench", "together", "--"]
    environment = dict(os.environ)
    if chosen.program:
        command = [chosen.program]
    if chosen.libraries:
        # Of the bench only: PyTorch brings its own.
        paths = [chosen.libraries, environment.get("LD_LIBRARY_PATH")]
        environment["LD_LIBRARY_PATH"] = ":".join(filter(None, paths))
    done = subprocess.run([*command, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"eegenre's bench exited with code {done.returncode}; see above")
    return done.stdout


def eegenre(name, chosen):
    """Median seconds of an epoch and run: all together, alone."""
    lines = bench(chosen, name, "--json", "--device", chosen.device, "--runs", str(chosen.runs)).splitlines()
    answers = {answer["way"]: answer for answer in map(json.loads, lines)}
    return {way: answers[way]["seconds_per_run"] for way in ("together", "alone")}


class Worker:
    """One network of PyTorch's, its recordings, and its ways to train."""

    def __init__(self, name, device, runs):
        import numpy
        import torch

        sys.path.insert(0, str(ROOT / "tests/pytorch"))
        from networks import TRAINING, network

        self.torch, self.network, self.name, self.device, self.runs = torch, network, name, device, runs
        self.batch, self.learning_rate = TRAINING[name]
        data = "cnn" if name == "cnn" else "lstm"
        shapes = json.loads((DATA / f"{data}.json").read_text())
        values = torch.from_numpy(numpy.fromfile(DATA / f"{data}.f32", dtype="<f4")).reshape(-1, 8).to(device)
        self.parts, row = {}, 0
        for part in ("training", "validation"):
            examples = []
            for frames, _ in shapes[part]:
                examples.append(values[row : row + frames])
                row += frames
            labels = torch.tensor([label for _, label in shapes[part]], device=device)
            lengths = torch.tensor([len(example) for example in examples], device=device)
            padded = torch.nn.utils.rnn.pad_sequence(examples, batch_first=True)
            self.parts[part] = examples, padded, lengths, labels

    def wait(self):
        if self.device.startswith("cuda"):
            self.torch.cuda.synchronize()

    def seconds(self, epoch):
        """Median seconds of an epoch."""
        epoch()
        self.wait()
        seconds, begin = [], time.perf_counter()
        while len(seconds) < 3 or time.perf_counter() - begin < PATIENCE:
            start = time.perf_counter()
            epoch()
            self.wait()
            seconds.append(time.perf_counter() - start)
        return statistics.median(seconds)

    def alone(self, padded):
        torch = self.torch
        torch.manual_seed(0)
        model = self.network(self.name, padded=padded).to(self.device)
        adam = torch.optim.Adam(model.parameters(), lr=self.learning_rate, fused=True)
        loss_of = torch.nn.functional.cross_entropy

        def epoch():
            examples, _, _, labels = self.parts["training"]
            model.train()
            for members in torch.randperm(len(examples)).split(self.batch):
                adam.zero_grad()
                loss_of(model([examples[i] for i in members]), labels[members.to(self.device)]).backward()
                adam.step()
            examples, _, _, labels = self.parts["validation"]
            model.eval()
            with torch.no_grad():
                for i in range(0, len(examples), self.batch):
                    model(examples[i : i + self.batch]).argmax(1)

        return self.seconds(epoch)

    def together(self):
        """All runs as one, per run."""
        torch = self.torch
        torch.manual_seed(0)
        models = [self.network(self.name).to(self.device) for _ in range(self.runs)]
        weights, buffers = torch.func.stack_module_state(models)
        shell = copy.deepcopy(models[0])
        adam = torch.optim.Adam(weights.values(), lr=self.learning_rate, fused=True, capturable=self.device != "cpu")

        def forward(weights, buffers, examples, lengths, training):
            shell.train(training)
            if self.name == "cnn":
                return torch.func.functional_call(shell, (weights, buffers), (list(examples),))
            return forward_recurrent(torch, shell, weights, examples, lengths, training)

        def losses(weights, buffers, examples, lengths, labels):
            logits = forward(weights, buffers, examples, lengths, True)
            return torch.nn.functional.cross_entropy(logits, labels)

        all_losses = torch.vmap(losses, randomness="different")
        answers = torch.vmap(
            lambda weights, buffers, examples, lengths: forward(weights, buffers, examples, lengths, False),
            in_dims=(0, 0, None, None),
        )

        def step(members):
            """members: [runs, batch]"""
            _, padded, lengths, labels = self.parts["training"]
            adam.zero_grad(set_to_none=False)
            all_losses(weights, buffers, padded[members], lengths[members], labels[members]).sum().backward()
            adam.step()

        def validate():
            _, padded, lengths, _ = self.parts["validation"]
            with torch.no_grad():
                answers(weights, buffers, padded, lengths).argmax(2)

        for value in weights.values():
            value.requires_grad_()
            value.grad = torch.zeros_like(value)
        count = len(self.parts["training"][0])
        sizes = {min(self.batch, count - i) for i in range(0, count, self.batch)}
        places = {size: torch.zeros(self.runs, size, dtype=torch.long, device=self.device) for size in sizes}
        steps = {size: self.captured(lambda size=size: step(places[size])) for size in sizes}
        validation = self.captured(validate)

        def epoch():
            orders = torch.stack([torch.randperm(count) for _ in range(self.runs)]).to(self.device)
            for members in orders.split(self.batch, dim=1):
                places[members.shape[1]].copy_(members)
                steps[members.shape[1]]()
            validation()

        return self.seconds(epoch) / self.runs

    def captured(self, work):
        """The same work as a CUDA graph, which costs one launch; on a CPU as it is."""
        torch = self.torch
        if not self.device.startswith("cuda"):
            return work
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(3):
                work()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            work()
        return graph.replay


def forward_recurrent(torch, shell, weights, examples, lengths, training):
    """The LSTM networks of tests/pytorch/networks.py in operations that vmap knows. examples: [batch, steps, 8]"""
    drop = lambda x: torch.nn.functional.dropout(x, shell.dropout.p, training)
    linear = lambda name, x: torch.nn.functional.linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])
    batch, steps, _ = examples.shape
    x = examples
    for layer in range(shell.lstm.num_layers):
        ih, hh, b_ih, b_hh = (weights[f"lstm.{w}_l{layer}"] for w in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
        gates = torch.nn.functional.linear(x, ih, b_ih + b_hh)
        h = c = x.new_zeros(batch, hh.shape[1])
        outputs = []
        for t in range(steps):
            i, f, g, o = (gates[:, t] + h @ hh.T).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            outputs.append(h)
        x = torch.stack(outputs, 1)
        if layer + 1 < shell.lstm.num_layers:
            x = drop(x)
    x = drop(torch.gather(x, 1, (lengths - 1)[:, None, None].expand(-1, 1, x.shape[2]))[:, 0])
    for name in ("fc1", "fc2", "fc3"):
        x = drop(torch.relu(linear(name, x)))
    return linear("out", x)


def pytorch(name, chosen, way):
    """Median seconds of an epoch and run, and why there are none, in a process of its own, so that memory is free."""
    settings = ["--device", chosen.device, "--runs", str(chosen.runs)]
    command = [sys.executable, __file__, "--worker", way, *settings, name]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        return None, (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    return float(done.stdout), None


def measurements(name, chosen):
    """Label, seconds and reason of every measurement of a network, round by round."""
    for _ in range(chosen.rounds):
        for way, found in eegenre(name, chosen).items():
            yield f"eegenre, {way}", found, None
        for way in ("packed", "padded", "together"):
            if name == "cnn" and way == "packed":
                continue
            label = f"PyTorch, {'alone' if name == 'cnn' and way == 'padded' else way}"
            yield label, *pytorch(name, chosen, way)


def main():
    parser = argparse.ArgumentParser(description="See the top of this file.")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--program", help="the bench `together`, built already")
    parser.add_argument("--libraries", help="folder of the libraries of CUDA that the program loads")
    parser.add_argument("--worker", choices=["packed", "padded", "together"])
    parser.add_argument("networks", nargs="*", metavar="NETWORK")
    chosen = parser.parse_args()
    if chosen.worker:
        worker = Worker(chosen.networks[0], chosen.device, chosen.runs)
        print(worker.together() if chosen.worker == "together" else worker.alone(chosen.worker == "padded"))
        return
    bench(chosen, "--export", str(DATA))
    if not chosen.json:
        about = f"{chosen.device}, {chosen.runs} runs, {chosen.rounds} rounds"
        print(f"{about}; median seconds per epoch and run, range over rounds")
    for name in chosen.networks or NETWORKS:
        seconds = {}
        for label, found, reason in measurements(name, chosen):
            if chosen.json:
                answer = {"network": name, "way": label, "seconds_per_run": found, "left_out": reason}
                print(json.dumps(answer), flush=True)
            elif found is None:
                print(f"{name}: {label}, is left out: {reason}", file=sys.stderr)
            if found is not None:
                seconds.setdefault(label, []).append(found)
        if chosen.json:
            continue
        base = statistics.median(seconds["eegenre, together"])
        for label, found in seconds.items():
            middle = statistics.median(found)
            print(f"{name:11} {label:20} {middle:9.5f} {min(found):9.5f}-{max(found):.5f} {middle / base:7.2f}x")


if __name__ == "__main__":
    main()
