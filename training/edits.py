"""Make edits whose answers repeat most of their question.

A model learns to look back for what was said when the rest of its answer can
be copied: these samples are what teaches it, beside the record lines. They are
also what editing commands ask for. Nothing is invented: the code is that of
the corpus, the edits are mechanical.
"""

from __future__ import annotations

import random
import re

from mined_chat import Pair

NAME = re.compile(r"\b[A-Za-z_][A-Za-z_0-9]{2,}\b")
LINE_COMMENT = re.compile(r"^[ \t]*//[^\n]*\n", re.M)


def renamed(code: str, name: str, choose: random.Random) -> Pair | None:
    """One of the code's names becomes `name` everywhere."""
    names = sorted(set(NAME.findall(code)) - {name})
    if not names:
        return None
    old = choose.choice(names)
    return Pair(f"Rename `{old}` to `{name}`:\n{code}", re.sub(rf"\b{old}\b", name, code))


def uncommented(code: str) -> Pair | None:
    """The lines that are nothing but a comment go."""
    short = LINE_COMMENT.sub("", code)
    return Pair(f"Remove the comments:\n{code}", short) if short and short != code else None


def repeated(code: str) -> Pair:
    """Nothing changes."""
    return Pair(f"Show this code again:\n{code}", code)


def edit_of(code: str, name: str, choose: random.Random) -> Pair | None:
    """An edit of whole lines of code, or none where it does not lend itself to the one chosen."""
    kind = choose.random()
    if kind < 0.6:
        return renamed(code, name, choose)
    return uncommented(code) if kind < 0.8 else repeated(code)
