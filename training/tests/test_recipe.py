"""The whole recipe in small: sources to tokens to rows to a network to a file in the engine."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import torch

import corpus
import mix
import tokenizer
from check_export import agrees
from checkpoint import Checkpoint, Network, llama, load_checkpoint, load_network
from corpus import ROOT, WORK
from export_gguf import export
from gguf_reader import read_gguf
from mix import Rows
from model import Llama, Shape
from tokenizer import CONTROLS, END, SINK, Tokenizer
from train import Training, cut_log, restlessness, train

#: Something to read that every checkout has, some two megabytes of it.
PACKAGES = ["eslint", "marked"]
SMALL = Shape(width=64, layers=2, heads=2, kv_heads=1, head_dim=32, feed_forward=64)


def setUpModule() -> None:
    """Corpus, tokenizer and rows, made once."""
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            shutil.copytree(ROOT / "node_modules" / package, Path(folder) / "node_modules" / package,
                            ignore=shutil.ignore_patterns("node_modules"))
        corpus.build(Path(folder) / "node_modules", Path(folder) / "SOURCES.md")
    tokenizer.train()
    mix.prepare()


class Corpus(unittest.TestCase):
    """What the files hold."""

    def test_no_held_out_file_is_trained_on(self) -> None:
        texts = {split: {text for _, text in mix.read_texts(split)} for split in ("train", "held_out")}
        self.assertTrue(texts["train"] and texts["held_out"])
        self.assertFalse(texts["train"] & texts["held_out"])

    def test_questions_are_mined(self) -> None:
        self.assertGreater(len(json.loads((WORK / "pairs.json").read_text())), 100)


class TokenizerAndRows(unittest.TestCase):
    """Text is kept exactly, control tokens are apart, every row begins with the sink."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.tokenizer = Tokenizer()
        cls.rows = Rows(cls.tokenizer)

    def test_decoding_is_the_identity(self) -> None:
        for text in ("", " ", "\t\n  x\r\n", "caf\u00e9 \U0001f600", "a" * 50, "  let  x = 1;  "):
            self.assertEqual(self.tokenizer.decode(self.tokenizer.encode(text)), text)

    def test_digits_and_line_feeds_are_single_tokens(self) -> None:
        pieces = self.tokenizer.pieces.encode(");\n12345", out_type=str)
        self.assertEqual(pieces[-6:], ["<0x0A>", "1", "2", "3", "4", "5"])

    def test_text_is_never_control(self) -> None:
        control = {self.tokenizer.control(name) for name in [*CONTROLS, SINK, END]}
        self.assertFalse(control & set(self.tokenizer.encode("".join([*CONTROLS, SINK, END]))))

    def test_rows_begin_with_the_sink_and_depend_on_the_step_alone(self) -> None:
        rows = self.rows.batch(7, 8, 256)
        self.assertEqual(rows.shape, (8, 257))
        self.assertTrue((rows[:, 0] == self.tokenizer.sink).all())
        self.assertFalse((rows[:, 1:] == self.tokenizer.sink).any())
        self.assertTrue((rows == self.rows.batch(7, 8, 256)).all())
        self.assertFalse((rows == self.rows.batch(8, 8, 256)).all())

    def test_short_rows_have_every_kind(self) -> None:
        rows = self.rows.batch(1, 200, 64)
        self.assertEqual(rows.shape, (200, 65))
        marks = {int(token) for token in rows[:, 1]} | {int(token) for token in rows[:, 2]}
        for name in (self.tokenizer.fim_prefix, self.tokenizer.system, self.tokenizer.user):
            self.assertIn(name, marks)

    def test_what_a_record_query_asks_for_stands_above(self) -> None:
        for seed in range(50):
            row = self.rows._record_row(random.Random(seed), 400)
            lines = self.tokenizer.decode(row).splitlines()
            for at, line in enumerate(lines):
                if line.startswith("What") and line.endswith(">"):
                    self.assertIn(line.partition("? ")[2], lines[:at])

    def test_gaps_lie_inside_the_text(self) -> None:
        choose, text = random.Random(0), "one line\n\nanother line\nlast"
        for _ in range(500):
            left, right = Rows._gap(choose, text)
            self.assertTrue(0 <= left <= right <= len(text))

    def test_without_a_sink_no_row_has_one(self) -> None:
        self.assertFalse((Rows(self.tokenizer, sink=False).batch(7, 8, 256) == self.tokenizer.sink).any())


class Recipe(unittest.TestCase):
    """A network is trained, goes on where it stopped, and is the same in the engine."""

    def test_the_file_is_the_network_that_was_trained(self) -> None:
        train("small", SMALL, budget=10_000, sink=True)
        half = load_checkpoint("small")
        train("small", SMALL, budget=20_000, sink=True)
        self.assertGreater(load_checkpoint("small").step, half.step)
        trained = load_checkpoint("small")
        self.assertGreaterEqual(trained.tokens, 20_000)
        self._assert_exported(trained)

    def test_so_is_that_of_one_without_a_sink(self) -> None:
        train("vanilla", SMALL, budget=2_000, sink=False)
        self._assert_exported(load_checkpoint("vanilla"))
        with self.assertRaises(SystemExit):
            train("vanilla", SMALL, budget=4_000, sink=True)

    def test_without_a_checkpoint_the_file_is_measured(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "only-a-file.gguf"
            trained = Network(llama(SMALL, Llama(SMALL).state_dict()), "here", sink=False)
            export(file, "only-a-file", trained, 64, "F32")
            with mock.patch("checkpoint.model_file", return_value=file):
                network = load_network("only-a-file")
        self.assertEqual((network.source, network.sink), (file.name, False))
        for name, weight in trained.model.state_dict().items():
            self.assertTrue(torch.equal(network.model.state_dict()[name], weight), name)
        with self.assertRaises(SystemExit):
            load_network("nothing")

    def test_the_log_forgets_what_the_checkpoint_does_not_know(self) -> None:
        log = WORK / "cut.jsonl"
        log.write_text("".join(f'{{"step": {step}}}\n' for step in (50, 100, 150, 200)))
        cut_log(log, 100)
        self.assertEqual([json.loads(line)["step"] for line in log.read_text().splitlines()], [50, 100])
        cut_log(log, -1)
        self.assertEqual(log.read_text(), "")

    def _assert_exported(self, trained: Checkpoint) -> None:
        network = trained.network
        # After a few steps norms are still ones and biases zeros: a file without them would do as well.
        with torch.no_grad():
            for parameter in network.model.parameters():
                parameter.add_(torch.randn_like(parameter) * 0.1)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "exported.gguf"
            export(file, "exported", network, trained.length, "F16")
            self.assertTrue(agrees(file, "F16", network, Tokenizer()))
            metadata = read_gguf(file).metadata
        self.assertEqual(metadata["tokenizer.ggml.add_bos_token"], network.sink)
        self.assertEqual("bos_token" in metadata["tokenizer.chat_template"], network.sink)
        self.assertEqual(metadata["llama.context_length"], trained.length)

    def test_training_brings_the_loss_down_and_the_rest_up(self) -> None:
        rows = torch.from_numpy(Rows(Tokenizer()).batch(0, 4, 64))
        training = Training(SMALL, WORK / "losses.pt")
        rest = restlessness(training.model.run(rows)[1])
        losses = [training.update(rows, 5e-3, 0.3) for _ in range(40)]
        self.assertLess(losses[-1], losses[0] / 2)
        self.assertLess(restlessness(training.model.run(rows)[1]), rest)

    def test_a_training_goes_on_as_if_it_had_not_stopped(self) -> None:
        rows = torch.from_numpy(Rows(Tokenizer()).batch(0, 2, 32))
        torch.manual_seed(0)
        whole, halves = (Training(SMALL, WORK / f"{name}.pt") for name in ("whole", "halves"))
        for training in (whole, halves):
            training.update(rows, 1e-3, 0.1)
        halves.save()
        halves = Training(SMALL, WORK / "halves.pt")
        for training in (whole, halves):
            training.update(rows, 1e-3, 0.1)
        self.assertEqual((whole.step, whole.tokens), (halves.step, halves.tokens))
        for one, other in zip(whole.average.parameters(), halves.average.parameters()):
            self.assertTrue(torch.equal(one, other))
