"""The trained network: from the checkpoint of a training, or from the file in models/."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from corpus import ROOT, WORK
from gguf_llama import shape_of, weights_of
from gguf_reader import read_gguf
from model import Llama, Shape
from tokenizer import Tokenizer


@dataclass(frozen=True)
class Network:
    """A trained network, and whether it expects the sink token before a text."""

    model: Llama
    sink: bool

    def start(self, tokenizer: Tokenizer) -> list[int]:
        """The tokens before a text."""
        return [tokenizer.sink] if self.sink else []


@dataclass(frozen=True)
class Checkpoint:
    """What a training has come to; the weights are the averaged ones."""

    network: Network
    step: int
    tokens: int
    seconds: float


def model_file(name: str) -> Path:
    """Where the exported model lies."""
    return ROOT / "models" / f"{name}.gguf"


def load_checkpoint(name: str) -> Checkpoint:
    """What lies in training/work/."""
    saved = torch.load(WORK / f"{name}.pt", map_location="cpu")
    network = Network(llama(Shape(**saved["shape"]), saved["average"]), saved["sink"])
    return Checkpoint(network, saved["step"], saved["tokens"], saved["seconds"])


def load_network(name: str) -> Network:
    """The network as it was trained here, or, where it was not, as the file in models/ has it:
    whoever did not train can measure, too."""
    if (WORK / f"{name}.pt").exists():
        return load_checkpoint(name).network
    gguf = read_gguf(model_file(name))
    sink = bool(gguf.metadata["tokenizer.ggml.add_bos_token"])
    return Network(llama(shape_of(gguf.metadata), weights_of(gguf)), sink)


def llama(shape: Shape, weights: dict[str, torch.Tensor]) -> Llama:
    """A network with these weights, to be measured."""
    model = Llama(shape)
    model.load_state_dict(weights)
    return model.eval()
