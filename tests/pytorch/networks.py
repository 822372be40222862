"""The paper's three networks in PyTorch: what eegenre's are compared with, in value and in speed."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence, pad_sequence

GENRES = 3


class Recurrent(nn.Module):
    """LSTM layers, then three linear ones (paper: 2.2, 2.3). Reads a list of `[frames, 8]`.

    `padded` computes padding too and reads the output at each true end: the same values, and on a CPU, where PyTorch
    hands only such batches to oneDNN, several times faster than packed sequences.
    """

    def __init__(self, units, layers, linear, dropout, padded):
        super().__init__()
        self.padded = padded
        a, b, c = linear
        self.lstm = nn.LSTM(8, units, layers, dropout=dropout if layers > 1 else 0.0)
        self.fc1, self.fc2, self.fc3 = nn.Linear(units, a), nn.Linear(a, b), nn.Linear(b, c)
        self.out = nn.Linear(c, GENRES)
        self.dropout = nn.Dropout(dropout)

    def forward(self, sequences):
        if self.padded:
            lengths = torch.tensor([len(sequence) for sequence in sequences])
            ends = self.lstm(pad_sequence(sequences))[0][lengths - 1, torch.arange(len(sequences))]
        else:
            ends = self.lstm(pack_sequence(sequences, enforce_sorted=False))[1][0][-1]
        x = self.dropout(ends)
        for layer in (self.fc1, self.fc2, self.fc3):
            x = self.dropout(torch.relu(layer(x)))
        return self.out(x)


class Block(nn.Module):
    """The residual block (paper: 2.4), with a ReLU behind each normalisation and one behind the sum."""

    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv1d(channels, channels, 3, padding=1)
        self.norm1 = nn.BatchNorm1d(channels)
        self.conv2 = nn.Conv1d(channels, channels, 3, padding=1)
        self.norm2 = nn.BatchNorm1d(channels)

    def forward(self, x):
        y = torch.relu(self.norm1(self.conv1(x)))
        return torch.relu(torch.relu(self.norm2(self.conv2(y))) + x)


class Cnn(nn.Module):
    """The CNN (paper: 2.4). Reads a list of `[120, 8]`."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv1d(8, 32, 3, padding=1)
        self.block1, self.block2, self.block3 = Block(32), Block(32), Block(32)
        self.out = nn.Linear(32, GENRES)

    def forward(self, slices):
        x = self.stem(torch.stack(slices).transpose(1, 2))
        x = nn.functional.max_pool1d(self.block1(x), 2)
        x = nn.functional.max_pool1d(self.block2(x), 2)
        return self.out(self.block3(x).mean(2))


def network(name, dropout=0.1, padded=False):
    """A network of the paper with PyTorch's initial weights."""
    if name == "baseline":
        return Recurrent(32, 1, [32, 16, 32], dropout, padded)
    if name == "multilayer":
        return Recurrent(64, 3, [64, 32, 64], dropout, padded)
    return Cnn()


# (batch, learning rate) of each network's training (paper: 2.2 to 2.4).
TRAINING = {"baseline": (16, 1e-3), "multilayer": (16, 1e-3), "cnn": (64, 2e-3)}
