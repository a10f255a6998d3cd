#!/usr/bin/python3
"""Draw where attention goes, layer by layer: the picture that shows the sink.

For each layer the mean weight (over heads and held-out texts) that the last
position gives to the first positions and to the newest ones, as in figure 2 of
the paper (Xiao et al. 2024, arXiv:2309.17453).

Run:     /usr/bin/python3 training/attention.py --names endless-tiny,endless-tiny-vanilla
Writes:  docs/images/attention.svg
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import torch
from torch import Tensor

from checkpoint import load_network
from corpus import ROOT, WORK
from model import Llama, rope_table, rotate
from tokenizer import Tokenizer

#: Positions that are drawn at the beginning and at the end of a text.
FIRST, NEWEST = 8, 24
CELL, GAP, LEFT, TOP = 16, 12, 64, 44
LEGEND = "Half as strong a colour stands for a quarter of the attention."


@torch.no_grad()
def attention_of_last(model: Llama, tokens: Tensor) -> Tensor:
    """Mean weight over heads (layer, position) of the last position of tokens (length)."""
    rows = []
    cosine, sine = rope_table(model.shape, len(tokens))
    mask = torch.full((len(tokens), len(tokens)), float("-inf")).triu(1)
    x = model.embedding(tokens)[None]
    for layer in model.layers:
        q, k, _ = layer.project(layer.attention_norm(x))
        k = layer.per_query_head(rotate(k, cosine, sine))
        q = rotate(q[:, :, -1:], cosine[-1:], sine[-1:])
        weights = (q @ k.transpose(-1, -2) / model.shape.head_dim ** 0.5).softmax(-1)
        rows.append(weights[0, :, 0].mean(0))
        x = layer(x, (cosine, sine), mask)[0]
    return torch.stack(rows)


def mean_attention(name: str, texts: int, length: int) -> np.ndarray:
    """The mean over texts of held-out code."""
    network = load_network(name)
    held_out = np.load(WORK / "held_out.npy").astype(np.int64)
    start = network.start(Tokenizer())
    starts = np.linspace(0, len(held_out) - length, texts).astype(int)
    rows = [attention_of_last(network.model, torch.tensor((start + held_out[s:s + length].tolist())[:length]))
            for s in starts]
    return torch.stack(rows).mean(0).numpy()


def opacity(weight: float) -> float:
    """Its root, so that little can be told from nothing."""
    return max(0.04, weight ** 0.5)


def panel(name: str, weights: np.ndarray, top: int) -> list[str]:
    """One model: a row of cells for each layer."""
    length = weights.shape[1]
    shown = [*range(FIRST), *range(length - NEWEST, length)]
    parts = [f'<text x="{LEFT}" y="{top - 24}" class="name">{name}</text>',
             f'<text x="{LEFT}" y="{top - 6}">position 0 …</text>',
             f'<text x="{LEFT + FIRST * CELL + GAP}" y="{top - 6}">… the newest {NEWEST}</text>']
    for layer, row in enumerate(weights):
        y = top + layer * CELL
        parts.append(f'<text x="{LEFT - 6}" y="{y + CELL - 4}" class="layer">layer {layer + 1}</text>')
        for at, position in enumerate(shown):
            x = LEFT + at * CELL + (GAP if at >= FIRST else 0)
            weight = float(row[position])
            parts.append(f'<rect x="{x}" y="{y}" width="{CELL - 1}" height="{CELL - 1}" '
                         f'fill-opacity="{opacity(weight):.3f}">'
                         f"<title>layer {layer + 1}, position {position}: {weight:.1%}</title></rect>")
    return parts


def draw(panels: list[tuple[str, np.ndarray]]) -> str:
    """An SVG of all models, one below the other; readable on light and on dark paper."""
    parts: list[str] = []
    top = TOP
    for name, weights in panels:
        parts += panel(name, weights, top)
        top += weights.shape[0] * CELL + TOP + 8
    width = LEFT + (FIRST + NEWEST) * CELL + GAP + 8
    style = ("text{font:11px sans-serif;fill:#808080}.name{font-size:13px}"
             ".layer{text-anchor:end}rect{fill:#2f81f7}")
    parts.append(f'<text x="{LEFT}" y="{top - TOP + 8}">{LEGEND}</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top - TOP + 20}" '
            f'width="{width}" role="img"><style>{style}</style>{"".join(parts)}</svg>\n')


def main() -> None:
    """Read the command line and draw."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--names", default="endless-tiny,endless-tiny-vanilla",
                        help="models, one below the other")
    parser.add_argument("--texts", type=int, default=40)
    parser.add_argument("--length", type=int, default=256)
    options = parser.parse_args()
    panels = [(name, mean_attention(name, options.texts, options.length))
              for name in options.names.split(",")]
    path = ROOT / "docs" / "images" / "attention.svg"
    path.write_text(draw(panels))
    for name, weights in panels:
        shares = " ".join(f"{weight:.1%}" for weight in weights[:, 0])
        print(f"{name}: attention of position {options.length - 1} on position 0, by layer: {shares}")


if __name__ == "__main__":
    main()
