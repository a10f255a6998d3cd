"""What the model is fed: sources, questions, edits."""

from __future__ import annotations

import random
import unittest
from pathlib import Path

from conversation import BUILT_INS, CONCEPTS, FUNCTIONS, SMALL_TALK, built_in
from corpus import Duplicates, clean, is_permissive, looks_generated
from edits import renamed, uncommented
from mined_chat import Pair, pairs_of


class Corpus(unittest.TestCase):
    """What may be taken, and what is left out."""

    def test_only_permissive_licences(self) -> None:
        for licence in ("MIT", "(MIT OR GPL-3.0-or-later)", "BSD-2-Clause", "(MIT AND ISC)"):
            self.assertTrue(is_permissive(licence), licence)
        others = ("GPL-3.0", "GPL-3.0 AND (MIT OR ISC)", "(MIT OR ISC) AND (GPL-3.0 OR MIT)", "(MIT AND GPL-3.0)", "SEE LICENSE IN LICENSE.txt", None, {"type": "MIT"})
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


class Conversation(unittest.TestCase):
    """Every entry of training/data is read, and names are spoken as people speak them."""

    def test_no_heading_is_lost(self) -> None:
        data = Path(__file__).resolve().parents[1] / "data"
        entries = {"functions.md": FUNCTIONS, "concepts.md": CONCEPTS, "built_ins.md": BUILT_INS}
        for file, read in entries.items():
            headings = [line for line in (data / file).read_text("utf-8").splitlines() if line.startswith("## ")]
            self.assertEqual(len(read), len(headings), file)
        self.assertTrue(all(group.asked and group.answers for group in SMALL_TALK))

    def test_a_method_is_asked_for_by_its_bare_name_too(self) -> None:
        asked = {built_in(random.Random(seed)).question for seed in range(4000)}
        spoken = {word.strip("`?.") for question in asked for word in question.split()}
        self.assertLessEqual({"Array.prototype.map", "Array.map", "map", "JSON.parse"}, spoken)
        self.assertNotIn("parse", spoken)
