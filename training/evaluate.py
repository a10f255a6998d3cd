#!/usr/bin/python3
"""Measure the trained network on the held-out split.

Bits per byte at each length, against an n-gram baseline that was counted on the
whole training split; the learning curve and the attention on position 0 from
the log.

Run:     nice -n 19 /usr/bin/python3 training/evaluate.py
"""

from __future__ import annotations

import argparse
import json
import math
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import torch
from torch.nn import functional as F

from checkpoint import Network, load_network
from corpus import WORK
from mix import encode_code, read_texts
from model import Llama
from ngram import MAX_ORDER, bits_per_token
from tokenizer import Tokenizer

#: A file with a smaller part of its long lines in the training text is unknown to the network.
UNSEEN = 0.1
#: A line with more characters says something.
LONG_LINE = 20


@torch.no_grad()
def network_bits_per_token(
    model: Llama, held_out: np.ndarray, start: list[int], length: int
) -> float:
    """Mean cost in bits over rows of `length` tokens that follow each other without overlap. The
    first token of a row is never scored: without a sink token there is nothing before it."""
    body, skip = length - len(start), len(start)
    rows = len(held_out) // body
    tokens = held_out[:rows * body].reshape(rows, body)
    tokens = np.concatenate([np.tile(np.array(start, dtype=np.int64), (rows, 1)), tokens], axis=1)
    total, count = 0.0, 0
    for part in torch.from_numpy(tokens).split(max(1, 4096 // length)):
        logits, targets = model(part[:, :-1])[:, skip:], part[:, 1 + skip:]
        total += float(F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum"))
        count += targets.numel()
    return total / count / math.log(2)


def curve(name: str, points: int = 12) -> list[dict]:
    """Evenly spaced measurements from the log of the training, if it was trained here."""
    if not (WORK / f"{name}.jsonl").exists():
        return []
    with open(WORK / f"{name}.jsonl") as stream:
        measured = [entry for entry in map(json.loads, stream) if "held_out_bits_per_byte" in entry]
    if not measured:
        return []
    return [measured[i] for i in sorted(set(np.linspace(0, len(measured) - 1, points).astype(int)))]


def unseen_texts(texts: list[str], seen: list[str]) -> list[str]:
    """The texts of which hardly a line stands in what was seen: files of one package resemble each
    other, and a .d.ts has much of its .js, so that to be held out is not yet to be unknown."""
    known = {line for text in seen for line in long_lines(text)}

    def shared(text: str) -> float:
        lines = long_lines(text)
        return sum(line in known for line in lines) / max(1, len(lines))

    return [text for text in texts if shared(text) < UNSEEN]


def long_lines(text: str) -> list[str]:
    """Lines that say something."""
    return [line.strip() for line in text.split("\n") if len(line.strip()) > LONG_LINE]


def compare(name: str, held_out: np.ndarray, code: np.ndarray, network: Network, tokenizer: Tokenizer) -> None:
    """Print what the network needs on a text, and what the baseline needs."""
    bytes_per_token = len(tokenizer.decode(held_out.tolist()).encode("utf-8")) / len(held_out)
    baseline = bits_per_token(code, held_out, tokenizer.size) / bytes_per_token
    print(f"{name}: {len(held_out):,} tokens, {bytes_per_token:.2f} bytes per token")
    print(f"  {MAX_ORDER}-gram, Witten-Bell: {baseline:.3f} bits/byte")
    for length in (256, 1024):
        bits = network_bits_per_token(network.model, held_out, network.start(tokenizer), length) / bytes_per_token
        print(f"  network, rows of {length}: {bits:.3f} bits/byte, "
              f"{bits / baseline - 1:+.1%} against the baseline")


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--name", default="endless-tiny")
    options = parser.parse_args()
    tokenizer, network = Tokenizer(), load_network(options.name)
    print(network.source)
    for entry in curve(options.name):
        print(f"  {entry['tokens']:>11,} tokens, {entry['seconds'] / 60:>4.0f} minutes: "
              f"{entry['held_out_bits_per_byte']:.3f} bits/byte, "
              f"attention on position 0: {entry['attention_on_position_0']}")
    code = np.load(WORK / "code.npy")
    compare("held out", np.load(WORK / "held_out.npy").astype(np.int64), code, network, tokenizer)
    held_out, seen = ([text for _, text in read_texts(split)] for split in ("held_out", "train"))
    unseen = unseen_texts(held_out, seen)
    print(f"{len(unseen)} of {len(held_out)} held-out files share less than {UNSEEN:.0%} of their lines with the training text")
    compare("these", encode_code(tokenizer, [("", text) for text in unseen]).astype(np.int64), code, network, tokenizer)


if __name__ == "__main__":
    main()
