#!/usr/bin/python3
"""Train the network within a budget of minutes, with checkpoints and resume.

AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101), warm-up, then cosine decay.
Many small steps at a high rate: that is what makes an attention sink appear in
a model as small as this one; tokens alone do not. Short sequences first, the
full length at the end. What is kept is an exponential average of the weights,
which is better than the weights themselves while the rate is high.

Run:     OMP_NUM_THREADS=1 nice -n 19 /usr/bin/python3 training/train.py --minutes 100
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
LAST_RATE = 4e-5
WARM_UP_STEPS = 300
AVERAGE_DECAY = 0.998
CLIP = 1.0
SAVE_EVERY_SECONDS = 150.0
LOG_EVERY_STEPS = 50
MEASURE_EVERY_STEPS = 500


class Phase(NamedTuple):
    """How rows are cut until a share of the budget is used."""

    until: float
    rows: int
    length: int


PHASES = [Phase(0.50, 4, 256), Phase(0.75, 2, 512), Phase(math.inf, 2, 1024)]


def phase_at(progress: float) -> Phase:
    """The phase at a share of the budget, 0 to 1."""
    return next(phase for phase in PHASES if progress < phase.until)


def rate_at(step: int, progress: float) -> float:
    """The learning rate: linear warm-up in steps, cosine decay in progress."""
    cosine = 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))
    return min(1.0, (step + 1) / WARM_UP_STEPS) * (LAST_RATE + (PEAK_RATE - LAST_RATE) * cosine)


def loss_of(model: Llama, rows: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy per token in nats."""
    logits = model(rows[:, :-1])
    return F.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())


class Probe:
    """Held-out rows on which the model is measured while it trains."""

    def __init__(self, tokenizer: Tokenizer, sink: bool, rows: int = 32, length: int = 256) -> None:
        held_out = np.load(WORK / "held_out.npy").astype(np.int64)
        starts = np.linspace(0, len(held_out) - length - 2, rows).astype(int)
        body = np.stack([held_out[start:start + length + 1] for start in starts])
        if sink:
            body = np.concatenate([np.full((rows, 1), tokenizer.sink), body[:, :-1]], axis=1)
        self._rows = torch.from_numpy(body)
        size = sum(len(tokenizer.decode(row).encode("utf-8")) for row in body[:, 1:].tolist())
        self._bits_per_byte = rows * length / size / math.log(2)

    @torch.no_grad()
    def measure(self, model: Llama) -> dict[str, object]:
        """Bits per byte of held-out code and the attention on position 0 per layer."""
        model.eval()
        parts = self._rows.split(8)
        loss = sum(float(loss_of(model, part)) for part in parts) / len(parts)
        on_sink = model.run(self._rows[:8, :-1], watch=True)[1]
        model.train()
        return {"held_out_bits_per_byte": round(loss * self._bits_per_byte, 4),
                "attention_on_position_0": [round(weight, 4) for weight in on_sink]}


class Training:
    """The state of a training: what a checkpoint holds."""

    def __init__(self, shape: Shape, path: Path) -> None:
        torch.manual_seed(SEED)
        self.path = path
        self.model = Llama(shape)
        self.average = copy.deepcopy(self.model)
        decayed = [p for p in self.model.parameters() if p.dim() >= 2]
        others = [p for p in self.model.parameters() if p.dim() < 2]
        self.optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}],
            lr=PEAK_RATE, betas=(0.9, 0.97), foreach=True)
        self.step, self.tokens, self.seconds = 0, 0, 0.0
        if path.exists():
            self._load()

    def _load(self) -> None:
        saved = torch.load(self.path, map_location="cpu")
        self.model.load_state_dict(saved["model"])
        self.average.load_state_dict(saved["average"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.step, self.tokens, self.seconds = saved["step"], saved["tokens"], saved["seconds"]

    def save(self) -> None:
        """Replace the checkpoint in one step, so that a reader never sees half of it."""
        partial = self.path.with_suffix(".partial")
        torch.save({
            "shape": asdict(self.model.shape), "model": self.model.state_dict(),
            "average": self.average.state_dict(), "optimizer": self.optimizer.state_dict(),
            "step": self.step, "tokens": self.tokens, "seconds": self.seconds,
        }, partial)
        partial.replace(self.path)

    def progress(self) -> dict[str, object]:
        """How far the training is, for the log."""
        return {"step": self.step, "tokens": self.tokens, "seconds": round(self.seconds, 1)}

    def update(self, rows: torch.Tensor, rate: float) -> float:
        """One step of the optimizer; returns the loss in nats per token."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        loss = loss_of(self.model, rows)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), CLIP)
        self.optimizer.step()
        self._average()
        self.step += 1
        self.tokens += rows.shape[0] * (rows.shape[1] - 1)
        return float(loss)

    @torch.no_grad()
    def _average(self) -> None:
        decay = min(AVERAGE_DECAY, (self.step + 1) / (self.step + 10))
        for mean, weight in zip(self.average.parameters(), self.model.parameters()):
            mean.lerp_(weight, 1 - decay)


def train(name: str, shape: Shape, minutes: float, sink: bool) -> None:
    """Train until the budget is used up."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    tokenizer = Tokenizer()
    training = Training(shape, WORK / f"{name}.pt")
    rows_source, probe = Rows(tokenizer, sink), Probe(tokenizer, sink)
    parameters = sum(parameter.numel() for parameter in training.model.parameters())
    print(f"{parameters:,} parameters, from step {training.step}", flush=True)
    losses: list[float] = []
    stop_asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stop_asked.append(number))
    clock = saved = time.monotonic()
    with open(WORK / f"{name}.jsonl", "a", buffering=1) as log:
        while training.seconds < 60 * minutes and not stop_asked:
            progress = training.seconds / (60 * minutes)
            phase = phase_at(progress)
            rate = rate_at(training.step, progress)
            rows = torch.from_numpy(rows_source.batch(training.step, phase.rows, phase.length))
            losses.append(training.update(rows, rate))
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
    parser.add_argument("--minutes", type=float, default=100.0,
                        help="budget of the whole training, resumes included")
    parser.add_argument("--name", default="endless-tiny", help="name of the checkpoint and the log")
    parser.add_argument("--no-sink", action="store_true",
                        help="rows start anywhere, without the sink token")
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--feed-forward", type=int, default=512)
    options = parser.parse_args()
    shape = Shape(layers=options.layers, width=options.width, feed_forward=options.feed_forward)
    train(options.name, shape, options.minutes, sink=not options.no_sink)


if __name__ == "__main__":
    main()
