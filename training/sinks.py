#!/usr/bin/python3
"""Table 3 of the paper in PyTorch: how many sinks does this model need?

Perplexity of held-out code with a cache of W tokens: the first S of the text
and the most recent W - S, for S = 0, 1, 2, 4 (Xiao et al. 2024,
arXiv:2309.17453). Keys count positions inside the cache, as the engine does.

A rolling cache can be computed in one pass: a recent token stands as far from
the query as it does in the text, and sink j stands at position j with the query
at W - 1, once the cache is full. What a cached key has seen when it was made is
the same in both, since every row of the pass sees only its own window.

Run:     nice -n 19 /usr/bin/python3 training/sinks.py --window 256
"""

from __future__ import annotations

import argparse
import math
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from checkpoint import load_network
from corpus import WORK
from model import Layer, Llama, rope_table, rotate
from tokenizer import Tokenizer


def rolling_attention(layer: Layer, x: Tensor, sinks: int, window: int) -> Tensor:
    """Attention of one layer as if every token had been decoded with a rolling cache."""
    length, shape = x.shape[0], layer.shape
    q, k, v = layer.project(x[None])
    cosine, sine = rope_table(shape, length)
    q, rotated_k, v = q[0], layer.per_query_head(rotate(k, cosine, sine))[0], layer.per_query_head(v)[0]
    scores = rotate(q, cosine, sine) @ rotated_k.transpose(-1, -2)
    age = torch.arange(length)[:, None] - torch.arange(length)[None, :]
    evicted = age >= torch.where(torch.arange(length) < window, window, window - sinks)[:, None]
    if sinks:
        at = torch.arange(length).clamp(max=window - 1)
        q_in_cache = rotate(q, cosine[at], sine[at])
        scores[:, :, :sinks] = q_in_cache @ rotated_k[:, :sinks].transpose(-1, -2)
        evicted[:, :sinks] = False
    scores.mul_(1 / math.sqrt(shape.head_dim)).masked_fill_(evicted | (age < 0), float("-inf"))
    return layer.output((scores.softmax(-1) @ v).transpose(0, 1).reshape(length, -1))


@torch.no_grad()
def rolling_losses(model: Llama, tokens: Tensor, sinks: int, window: int) -> Tensor:
    """Loss in nats of tokens[1:], each predicted with the rolling cache."""
    x = model.embedding(tokens[:-1])
    for layer in model.layers:
        x = x + rolling_attention(layer, layer.attention_norm(x), sinks, window)
        gate, up = layer.gate_up(layer.feed_forward_norm(x)).chunk(2, dim=-1)
        x = x + layer.down(F.silu(gate) * up)
    logits = F.linear(model.norm(x), model.embedding.weight)
    return F.cross_entropy(logits, tokens[1:], reduction="none")


def main() -> None:
    """Print perplexity per number of sinks."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--name", default="endless-tiny")
    parser.add_argument("--window", type=int, default=256)
    parser.add_argument("--length", type=int, default=2048, help="tokens per text")
    parser.add_argument("--texts", type=int, default=10)
    options = parser.parse_args()
    network = load_network(options.name)
    held_out = np.load(WORK / "held_out.npy").astype(np.int64)
    starts = np.linspace(0, len(held_out) - options.length - 1, options.texts).astype(int)
    start = network.start(Tokenizer())
    texts = [torch.tensor(start + held_out[s:s + options.length].tolist()) for s in starts]
    print(f"{network.source}: {options.texts} texts of {options.length} tokens, "
          "counted once the cache is full")
    for sinks in (0, 1, 2, 4):
        losses = [rolling_losses(network.model, text, sinks, options.window) for text in texts]
        perplexity = math.exp(float(torch.cat([loss[options.window:] for loss in losses]).mean()))
        print(f"  {sinks}+{options.window - sinks}: perplexity {perplexity:.2f}")


if __name__ == "__main__":
    main()
