"""Writes what tests/pytorch.rs expects of PyTorch: state dicts beside this file, and values on standard output.

    python3 -m venv target/pytorch
    target/pytorch/bin/pip install torch==2.15.0 numpy==2.4.6 safetensors==0.8.0
    target/pytorch/bin/python tests/pytorch/generate.py

Weights are formulas: the i-th parameter of a network is cos(i²), cos((i + 1)²), ... times a scale. Signals are
formulas too, so that a test can make the same.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import arange, cos

from networks import TRAINING, network

HERE = Path(__file__).parent
STEPS, BATCHES = 20, 4
SCALE = {"baseline": 0.3, "multilayer": 0.2, "cnn": 0.15}


def with_cosines(name):
    model = network(name, dropout=0.0)
    with torch.no_grad():
        for i, (key, weight) in enumerate(model.named_parameters()):
            values = cos((arange(weight.numel(), dtype=torch.float64) + i) ** 2).reshape(weight.shape) * SCALE[name]
            # A normalisation's weight is near 1.
            weight.copy_(values + 1 if "norm" in key and key.endswith("weight") else values)
    return model


def example(length, n):
    """`[length, 8]`: two waves whose beat is the example's own, slow ones for some genres and quick for others."""
    i = arange(8 * length, dtype=torch.float64)
    return (cos(i * 0.7 * (1 + n % 3) + n) + cos(i * 0.01 * (n + 1))).reshape(length, 8).float()


def batch(name, index):
    """Examples and labels."""
    size = 12 if name == "cnn" else 8
    numbers = range(size * index, size * (index + 1))
    lengths = [120 if name == "cnn" else 30 + 37 * n % 50 for n in range(size)]
    return [example(*pair) for pair in zip(lengths, numbers)], torch.tensor([n % 3 for n in numbers])


def main():
    torch.set_num_threads(1)
    for name, (_, learning_rate) in TRAINING.items():
        model = with_cosines(name)
        if name != "multilayer":
            save_file(model.state_dict(), HERE / f"{name}.safetensors")
        model.eval()
        print(name, "logits", [f"{x:.7}" for x in model(batch(name, 0)[0][:3]).flatten().tolist()])
        model.train()
        adam = torch.optim.Adam(model.parameters(), lr=learning_rate)
        losses = []
        for step in range(STEPS):
            members, labels = batch(name, step % BATCHES)
            loss = torch.nn.functional.cross_entropy(model(members), labels)
            adam.zero_grad()
            loss.backward()
            adam.step()
            losses.append(loss.item())
        print(name, "losses", ", ".join(f"{x:.6}" for x in losses))
        model.eval()
        print(name, "afterwards", [f"{x:.6}" for x in model(batch(name, 0)[0][:3]).flatten().tolist()])


if __name__ == "__main__":
    main()
