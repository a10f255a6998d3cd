#!/usr/bin/python3
"""Train the network on a budget of tokens, with checkpoints and resume.

AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101); warm-up, a constant rate,
and a linear decay at the end (Haegele et al. 2024, arXiv:2405.18392). Many small
steps at a high rate. Short sequences first, the full length at the end. What is
kept is an exponential average of the weights, which is better than the weights
themselves while the rate is high.

In a large model an attention sink appears by itself, after billions of tokens
(Gu et al. 2024, arXiv:2410.10781). Here it is led there: a head pays a little
while too small a part of its attention rests on the sink token.

Run:     OMP_NUM_THREADS=1 nice -n 19 /usr/bin/python3 training/train.py
Stop:    SIGTERM; it finishes its step and saves
Resume:  the same command; it goes on from the last checkpoint
Writes:  training/work/NAME.pt     checkpoint, replaced every few minutes
         training/work/NAME.jsonl  what was measured while training
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import os
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import torch
from torch.nn import functional as F

from corpus import WORK
from mix import Rows
from model import Llama, Shape
from tokenizer import Tokenizer

SEED = 3
PEAK_RATE = 2e-3
WARM_UP_STEPS = 300
DECAY_FROM = 0.75
AVERAGE_DECAY = 0.998
CLIP = 1.0
#: Part of a head's attention that is to rest on the sink, on the average of rows and positions.
REST = 0.95
#: What all heads together pay for each factor of e that their rest falls short, in nats per token.
REST_COST = 0.3
SAVE_EVERY_SECONDS = 150.0
LOG_EVERY_STEPS = 50
MEASURE_EVERY_STEPS = 500


class Phase(NamedTuple):
    """How rows are cut until a part of the budget is used."""

    until: float
    rows: int
    length: int


PHASES = [Phase(0.15, 8, 128), Phase(0.7, 4, 256), Phase(0.85, 2, 512), Phase(math.inf, 2, 1024)]


def phase_at(progress: float) -> Phase:
    """The phase at a part of the budget, 0 to 1."""
    return next(phase for phase in PHASES if progress < phase.until)


def rate_at(step: int, progress: float) -> float:
    """The learning rate: linear warm-up in steps, linear decay to 0 in progress."""
    decay = min(1.0, (1 - progress) / (1 - DECAY_FROM))
    return PEAK_RATE * min(1.0, (step + 1) / WARM_UP_STEPS) * max(0.0, decay)


def loss_of(logits: torch.Tensor, rows: torch.Tensor, skip: int = 0) -> torch.Tensor:
    """Mean cross-entropy per token in nats, of all but the first `skip` predictions of each row."""
    return F.cross_entropy(logits[:, skip:].flatten(0, 1), rows[:, 1 + skip:].flatten())


def restlessness(on_sink: list[torch.Tensor]) -> torch.Tensor:
    """How much rest heads lack, on their average: 0 when all have it, 1 when all have it e times too
    little. A logarithm, so that a head with little is pulled as hard as one with some: the gradient
    of a weight vanishes with the weight. Position 0, which can look nowhere else, counts, so no head
    has less than 1 / length, and one that comes near to it is hardly pulled any more."""
    per_head = torch.stack([weights.mean((0, 2)) for weights in on_sink])
    return F.relu(math.log(REST) - per_head.log()).mean()


class Probe:
    """Held-out rows on which the model is measured while it trains."""

    def __init__(self, tokenizer: Tokenizer, sink: bool, rows: int = 32, length: int = 256) -> None:
        held_out = np.load(WORK / "held_out.npy").astype(np.int64)
        starts = np.linspace(0, len(held_out) - length - 2, rows).astype(int)
        body = np.stack([held_out[start:start + length + 1] for start in starts])
        size = sum(len(tokenizer.decode(row).encode("utf-8")) for row in body[:, 1:].tolist())
        if sink:
            body = np.concatenate([np.full((rows, 1), tokenizer.sink), body], axis=1)
        # The first token of a text is never scored: without a sink token there is nothing before it.
        self._skip = int(sink)
        self._rows = torch.from_numpy(body)
        self._bits_per_byte = rows * length / size / math.log(2)

    @torch.no_grad()
    def measure(self, model: Llama) -> dict[str, object]:
        """Bits per byte of held-out code, and the attention on position 0 per layer, of the later
        half of the positions: where there is much else to look at."""
        model.eval()
        parts = self._rows.to(model.embedding.weight.device).split(8)
        measured = [model.run(part[:, :-1]) for part in parts]
        losses = [float(loss_of(logits, part, self._skip)) for (logits, _), part in zip(measured, parts)]
        loss = sum(losses) / len(losses)
        later = self._rows.shape[1] // 2
        on_sink = [float(weights[:, :, later:].mean()) for weights in measured[0][1]]
        model.train()
        return {"held_out_bits_per_byte": round(loss * self._bits_per_byte, 4),
                "attention_on_position_0": [round(weight, 4) for weight in on_sink]}


class Training:
    """The state of a training: what a checkpoint holds."""

    def __init__(self, shape: Shape, path: Path, sink: bool = True, device: str = "cpu") -> None:
        torch.manual_seed(SEED)
        self.path, self.sink, self.device = path, sink, device
        self.model = Llama(shape).to(device)
        self.average = copy.deepcopy(self.model)
        decayed = [p for p in self.model.parameters() if p.dim() >= 2]
        others = [p for p in self.model.parameters() if p.dim() < 2]
        self.optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}],
            lr=PEAK_RATE, betas=(0.9, 0.97), foreach=True)
        self.step, self.tokens, self.seconds, self.length = 0, 0, 0.0, 0
        if path.exists():
            self._load()

    def _load(self) -> None:
        saved = torch.load(self.path, map_location="cpu")
        if saved["sink"] != self.sink:
            sys.exit(f"{self.path.name} was trained {'with' if saved['sink'] else 'without'} the sink "
                     "token: go on like that, or choose another --name")
        self.model.load_state_dict(saved["model"])
        self.average.load_state_dict(saved["average"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.step, self.tokens = saved["step"], saved["tokens"]
        self.seconds, self.length = saved["seconds"], saved["length"]

    def save(self) -> None:
        """Replace the checkpoint in one step, so that a reader never sees half of it."""
        partial = self.path.with_suffix(".partial")
        torch.save({
            "shape": asdict(self.model.shape), "sink": self.sink, "model": self.model.state_dict(),
            "average": self.average.state_dict(), "optimizer": self.optimizer.state_dict(),
            "step": self.step, "tokens": self.tokens, "seconds": self.seconds,
            "length": self.length, "tokenizer": Tokenizer().sha256,
        }, partial)
        partial.replace(self.path)

    def progress(self) -> dict[str, object]:
        """How far the training is, for the log."""
        return {"step": self.step, "tokens": self.tokens, "seconds": round(self.seconds, 1)}

    def update(self, rows: torch.Tensor, rate: float, rest_cost: float) -> float:
        """One step of the optimizer; returns the loss in nats per token, the cost left out."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        rows = rows.to(self.device)
        logits, on_sink = self.model.run(rows[:, :-1])
        loss = loss_of(logits, rows)
        self.optimizer.zero_grad(set_to_none=True)
        (loss + rest_cost * restlessness(on_sink) if rest_cost else loss).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), CLIP)
        self.optimizer.step()
        self._average()
        self.step += 1
        length = rows.shape[1] - 1
        self.tokens += rows.shape[0] * length
        self.length = max(self.length, length)
        return float(loss)

    @torch.no_grad()
    def _average(self) -> None:
        decay = min(AVERAGE_DECAY, (self.step + 1) / (self.step + 10))
        for mean, weight in zip(self.average.parameters(), self.model.parameters()):
            mean.lerp_(weight, 1 - decay)


def cut_log(path: Path, step: int) -> None:
    """Drop what was logged after the checkpoint that is gone on from, or of a training before."""
    if path.exists():
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(line for line in lines if json.loads(line)["step"] <= step))


def train(name: str, shape: Shape, budget: int, sink: bool, device: str = "cpu") -> None:
    """Train until `budget` tokens have been seen."""
    torch.set_flush_denormal(True)
    tokenizer = Tokenizer()
    training = Training(shape, WORK / f"{name}.pt", sink, device)
    cut_log(WORK / f"{name}.jsonl", training.step if training.tokens else -1)
    rows_source, probe = Rows(tokenizer, sink), Probe(tokenizer, sink)
    parameters = sum(parameter.numel() for parameter in training.model.parameters())
    print(f"{parameters:,} parameters, from step {training.step}", flush=True)
    losses: list[float] = []
    stop_asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stop_asked.append(number))
    clock = saved = time.monotonic()
    with open(WORK / f"{name}.jsonl", "a", buffering=1) as log:
        print(json.dumps({**training.progress(), "budget": budget}), file=log)
        while training.tokens < budget and not stop_asked:
            progress = training.tokens / budget
            phase = phase_at(progress)
            rate = rate_at(training.step, progress)
            rows = torch.from_numpy(rows_source.batch(training.step, phase.rows, phase.length))
            losses.append(training.update(rows, rate, REST_COST if sink else 0.0))
            now = time.monotonic()
            training.seconds += now - clock
            clock = now
            if training.step % LOG_EVERY_STEPS == 0:
                entry: dict[str, object] = {
                    **training.progress(), "length": phase.length, "rate": round(rate, 6),
                    "loss": round(sum(losses) / len(losses), 4),
                }
                losses.clear()
                if training.step % MEASURE_EVERY_STEPS == 0:
                    entry.update(probe.measure(training.average))
                print(json.dumps(entry), file=log)
            if now - saved > SAVE_EVERY_SECONDS:
                training.save()
                saved = now
        training.save()
        if not stop_asked:
            final = {**training.progress(), "final": True, **probe.measure(training.average)}
            print(json.dumps(final), file=log)
    print(f"{'stopped' if stop_asked else 'done'}: {training.tokens:,} tokens", flush=True)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tokens", type=int, default=28_000_000,
                        help="budget of the whole training, resumes included; lengths and rate follow "
                             "from it, so another one at a resume changes them")
    parser.add_argument("--name", default="endless-tiny", help="name of the checkpoint and the log")
    parser.add_argument("--no-sink", action="store_true",
                        help="rows begin with nothing in particular, and no head is made to rest")
    parser.add_argument("--device", default="cpu", help="where PyTorch computes, such as cuda")
    parser.add_argument("--layers", type=int, default=Shape.layers)
    parser.add_argument("--width", type=int, default=Shape.width)
    parser.add_argument("--feed-forward", type=int, default=Shape.feed_forward)
    options = parser.parse_args()
    shape = Shape(layers=options.layers, width=options.width, feed_forward=options.feed_forward)
    train(options.name, shape, options.tokens, sink=not options.no_sink, device=options.device)


if __name__ == "__main__":
    main()
