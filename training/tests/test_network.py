#!/usr/bin/python3
"""Tests of the recipe that need no trained model, only the prepared files in training/work/.

Run:     /usr/bin/python3 -m unittest discover -s training
"""

from __future__ import annotations

import random
import struct
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from corpus import WORK, Duplicates, clean, is_permissive, looks_generated
from edits import renamed, uncommented
from gguf_writer import Tensor, Value, quantize_q8_0, write_gguf
from mined_chat import Pair, pairs_of
from mix import Rows
from model import Llama, Shape, rope_table, rotate
from ngram import log_probabilities
from sinks import rolling_losses
from tokenizer import CONTROLS, END, SINK, Tokenizer
from train import PEAK_RATE, REST, rate_at, restlessness

TINY = Shape(vocabulary=64, width=32, layers=2, heads=2, kv_heads=1, head_dim=16, feed_forward=32)


class Corpus(unittest.TestCase):
    """What may be taken, and what is left out."""

    def test_only_permissive_licences(self) -> None:
        for licence in ("MIT", "(MIT OR GPL-3.0-or-later)", "BSD-2-Clause", "(MIT AND ISC)"):
            self.assertTrue(is_permissive(licence), licence)
        others = ("GPL-3.0", "(MIT AND GPL-3.0)", "SEE LICENSE IN LICENSE.txt", None, {"type": "MIT"})
        for licence in others:
            self.assertFalse(is_permissive(licence), licence)

    def test_minified_code_is_generated(self) -> None:
        self.assertTrue(looks_generated(Path("a.js"), "var a=1;" * 400))
        self.assertFalse(looks_generated(Path("a.js"), "const answer = compute(first);\n" * 40))

    def test_banners_are_dropped(self) -> None:
        self.assertEqual(clean("/* Copyright X */\nlet a;\n"), "let a;\n")
        self.assertEqual(clean("/* Adds. */\nlet a;\n"), "/* Adds. */\nlet a;\n")

    def test_near_duplicates_are_found(self) -> None:
        lines = [f"const value{n} = compute({n}, options);" for n in range(10)]
        duplicates = Duplicates()
        self.assertFalse(duplicates.seen_before("\n".join(lines)))
        self.assertTrue(duplicates.seen_before("\n".join(lines[:8] + ["const other = compute(nothing);"])))


class MinedPairs(unittest.TestCase):
    """Both sides of a pair come from the source."""

    SOURCE = (
        "/**\n * Returns the sum of two numbers.\n * @param a the first number\n */\n"
        "function add(a, b) {\n  const total = a + b;\n  return total;\n}\n"
    )

    def pairs(self) -> set[Pair]:
        found: set[Pair] = set()
        for seed in range(40):
            found |= set(pairs_of("x.js", self.SOURCE, random.Random(seed)))
        return found

    def test_question_about_a_name(self) -> None:
        self.assertIn(Pair("What does add do?", "Returns the sum of two numbers."), self.pairs())

    def test_wish_gives_the_code(self) -> None:
        wish = "Write a function that returns the sum of two numbers."
        answers = [pair.answer for pair in self.pairs() if pair.question == wish]
        self.assertTrue(answers)
        self.assertTrue(answers[0].startswith("```js\nfunction add(a, b) {") and answers[0].endswith("}\n```"))


class Edits(unittest.TestCase):
    """An edit changes what its question says, and nothing else."""

    CODE = "// adds\nlet total = a;\ntotal += totals;\n"

    def test_a_name_is_changed_everywhere_and_as_a_whole(self) -> None:
        seen = {renamed(self.CODE, "sum", random.Random(seed)) for seed in range(40)}
        changed = "// adds\nlet sum = a;\nsum += totals;\n"
        self.assertIn(Pair(f"Rename `total` to `sum`:\n{self.CODE}", changed), seen)

    def test_code_without_names_cannot_be_edited_so(self) -> None:
        self.assertIsNone(renamed("1 + 2;\n", "sum", random.Random(0)))

    def test_comments_go(self) -> None:
        self.assertEqual(uncommented(self.CODE).answer, "let total = a;\ntotal += totals;\n")
        self.assertIsNone(uncommented("let a;\n"))


@unittest.skipUnless((WORK / "tokenizer.model").exists(), "run tokenizer.py first")
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
        self.assertEqual(self.rows.batch(1, 200, 64).shape, (200, 65))

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


class Network(unittest.TestCase):
    """The properties that the cache relies on."""

    def setUp(self) -> None:
        torch.manual_seed(0)
        self.model = Llama(TINY).eval()
        self.tokens = torch.randint(0, TINY.vocabulary, (40,))

    def test_rotary_scores_depend_on_the_distance_alone(self) -> None:
        cosine, sine = rope_table(TINY, 50)
        q, k = torch.randn(TINY.head_dim), torch.randn(TINY.head_dim)
        near = rotate(q, cosine[9], sine[9]) @ rotate(k, cosine[4], sine[4])
        far = rotate(q, cosine[49], sine[49]) @ rotate(k, cosine[44], sine[44])
        self.assertAlmostEqual(float(near), float(far), places=4)

    def test_no_token_sees_the_future(self) -> None:
        changed = self.tokens.clone()
        changed[30:] = 0
        before, after = self.model(self.tokens[None]), self.model(changed[None])
        self.assertTrue(torch.allclose(before[0, :30], after[0, :30], atol=1e-5))

    def test_a_cache_that_is_not_full_is_dense_attention(self) -> None:
        logits = self.model(self.tokens[None, :-1])[0]
        dense = torch.nn.functional.cross_entropy(logits, self.tokens[1:], reduction="none")
        rolling = rolling_losses(self.model, self.tokens, sinks=2, window=64)
        self.assertTrue(torch.allclose(dense, rolling, atol=1e-5))

    def test_rolling_cache_of_one_layer_equals_a_fresh_prefill_of_what_was_kept(self) -> None:
        model = Llama(Shape(**{**vars(TINY), "layers": 1})).eval()
        for sinks in (0, 1, 4):
            losses = rolling_losses(model, self.tokens, sinks, window=16)
            kept = torch.cat([self.tokens[:sinks], self.tokens[39 - 16 + sinks:39]])
            fresh = torch.nn.functional.cross_entropy(model(kept[None])[0, -1:], self.tokens[39:])
            self.assertAlmostEqual(float(losses[-1]), float(fresh), places=4)


class Training(unittest.TestCase):
    """The schedule, and the cost of having no rest."""

    def test_rate_warms_up_stays_and_decays_to_nothing(self) -> None:
        self.assertLess(rate_at(0, 0.0), PEAK_RATE / 100)
        self.assertEqual(rate_at(5000, 0.5), PEAK_RATE)
        self.assertAlmostEqual(rate_at(20_000, 1.0), 0.0)

    def test_rest_costs_nothing_where_there_is_enough_of_it(self) -> None:
        def heads(*weights: float) -> list[torch.Tensor]:
            return [torch.tensor(weights).view(1, -1, 1)]

        self.assertEqual(float(restlessness(heads(REST, 1.0))), 0.0)
        self.assertEqual(float(restlessness(heads(0.0, 0.0))), 1.0)
        self.assertAlmostEqual(float(restlessness(heads(0.0, 1.0))), 0.5)


class Baseline(unittest.TestCase):
    """The n-gram model is a probability distribution."""

    def test_probabilities_add_up_to_one(self) -> None:
        train = np.random.default_rng(0).integers(0, 6, 300)
        history = train[100:104]
        ends = [np.append(history, token) for token in range(6)]
        total = sum(np.exp(log_probabilities(train, text, 6, order=5)[-1]) for text in ends)
        self.assertAlmostEqual(float(total), 1.0, places=6)


class GgufFile(unittest.TestCase):
    """The bytes that llama.cpp expects."""

    def test_q8_0_is_within_half_a_step(self) -> None:
        weights = np.random.default_rng(0).normal(size=(4, 64)).astype(np.float32)
        packed = np.frombuffer(quantize_q8_0(weights), dtype=[("scale", "<f2"), ("quants", "i1", 32)])
        restored = (packed["scale"].astype(np.float32)[:, None] * packed["quants"]).reshape(4, 64)
        self.assertLess(np.abs(restored - weights).max(), np.abs(weights).max() / 127)
        self.assertEqual(len(quantize_q8_0(np.zeros((1, 32)))), 34)

    def test_header_and_alignment(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.gguf"
            write_gguf(path, {"a": Value("u32", 7)}, [Tensor("t", np.ones((2, 3)), "F32")])
            data = path.read_bytes()
        self.assertEqual(data[:4], b"GGUF")
        self.assertEqual(struct.unpack("<IQQ", data[4:24]), (3, 1, 1))
        self.assertEqual(len(data) % 32, 0)
        self.assertEqual(np.frombuffer(data[-32:-8], "<f4").tolist(), [1.0] * 6)


if __name__ == "__main__":
    unittest.main()
