"""The trained network: from the checkpoint of a training, or from the file in models/."""

from __future__ import annotations

import sys
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
    """A trained network, where it was read from, and whether it expects the sink token before a text."""

    model: Llama
    source: str
    sink: bool

    def start(self, tokenizer: Tokenizer) -> list[int]:
        """The tokens before a text."""
        return [tokenizer.sink] if self.sink else []


@dataclass(frozen=True)
class Checkpoint:
    """What a training has come to; the weights are the averaged ones. `length`: of its longest rows."""

    network: Network
    length: int
    step: int
    tokens: int


def model_file(name: str) -> Path:
    """Where the exported model lies."""
    return ROOT / "models" / f"{name}.gguf"


def load_checkpoint(name: str) -> Checkpoint:
    """What lies in training/work/."""
    path = WORK / f"{name}.pt"
    if not path.exists():
        sys.exit(f"{path} does not exist: run training/train.py --name {name}")
    saved = torch.load(path, map_location="cpu")
    if saved["tokenizer"] != Tokenizer().sha256:
        sys.exit(f"{path.name} was trained with another tokenizer than the one in {WORK}")
    source = f"{path.name}, {saved['tokens']:,} tokens seen in {saved['step']:,} steps"
    network = Network(llama(Shape(**saved["shape"]), saved["average"]), source, saved["sink"])
    return Checkpoint(network, saved["length"], saved["step"], saved["tokens"])


def load_network(name: str) -> Network:
    """The network as it was trained here, or, where it was not, as the file in models/ has it:
    whoever did not train can measure, too."""
    if (WORK / f"{name}.pt").exists():
        return load_checkpoint(name).network
    path, tokenizer = model_file(name), Tokenizer()
    if not path.exists():
        sys.exit(f"there is no {path} and no checkpoint of that name")
    gguf = read_gguf(path)
    pieces = [tokenizer.pieces.id_to_piece(token) for token in range(tokenizer.size)]
    if gguf.metadata["tokenizer.ggml.tokens"] != pieces:
        sys.exit(f"{path.name} has another tokenizer than the one in {WORK}")
    sink = bool(gguf.metadata["tokenizer.ggml.add_bos_token"])
    return Network(llama(shape_of(gguf.metadata), weights_of(gguf)), path.name, sink)


def llama(shape: Shape, weights: dict[str, torch.Tensor]) -> Llama:
    """A network with these weights, to be measured."""
    model = Llama(shape)
    model.load_state_dict(weights)
    return model.eval()
