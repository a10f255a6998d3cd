"""The trained network: from the checkpoint of a training, or from the file in models/."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from corpus import ROOT, WORK
from gguf_llama import shape_of, weights_of
from gguf_reader import read_gguf
from model import Llama, Shape


@dataclass(frozen=True)
class Checkpoint:
    """What a training has come to."""

    shape: Shape
    weights: dict[str, torch.Tensor]
    step: int
    tokens: int
    seconds: float


def model_file(name: str) -> Path:
    """Where the exported model lies."""
    return ROOT / "models" / f"{name}.gguf"


def load_checkpoint(name: str) -> Checkpoint:
    """The averaged weights of a training in training/work/."""
    saved = torch.load(WORK / f"{name}.pt", map_location="cpu")
    return Checkpoint(Shape(**saved["shape"]), saved["average"],
                      saved["step"], saved["tokens"], saved["seconds"])


def load_network(name: str) -> Llama:
    """The network as it was trained here, or, where it was not, as the file in models/ has it:
    whoever did not train can measure, too."""
    if (WORK / f"{name}.pt").exists():
        checkpoint = load_checkpoint(name)
        shape, weights = checkpoint.shape, checkpoint.weights
    else:
        gguf = read_gguf(model_file(name))
        shape, weights = shape_of(gguf.metadata), weights_of(gguf)
    model = Llama(shape)
    model.load_state_dict(weights)
    return model.eval()
