"""Hand-written conversation: small talk, JavaScript basics, built-ins, classic functions.

Written by us for this model, in training/data/. Mined pairs teach what code
looks like; these teach how to answer a person who says hello, asks what a
closure is or wants a small function.
"""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import NamedTuple

from mined_chat import Pair, fence

DATA = Path(__file__).resolve().parent / "data"

SYSTEM_PROMPTS = [
    "You are Endless, a coding assistant that runs on this machine.",
    "You are a helpful coding assistant.",
    "You are Endless. Answer briefly.",
    "You are an expert JavaScript and TypeScript programmer.",
]


class Group(NamedTuple):
    """Ways to say the same thing, and the answers that fit."""

    asked: list[str]
    answers: list[str]


class Function(NamedTuple):
    """A small function: "a function that {that}", "how do I {to}?", its code."""

    that: str
    to: str
    code: str


class Concept(NamedTuple):
    """An answer to "What is {words}?"."""

    words: str
    answer: str


class BuiltIn(NamedTuple):
    """A built-in function by its full name, and what it does."""

    name: str
    answer: str


def read_small_talk() -> list[Group]:
    """The groups of small_talk.md."""
    text = (DATA / "small_talk.md").read_text("utf-8")
    blocks = re.findall(r"((?:^> .*\n)+)\n((?:^- .*\n)+)", text, flags=re.M)
    return [Group(*([line[2:] for line in part.splitlines()] for part in block))
            for block in blocks]


def read_functions() -> list[Function]:
    """The entries of functions.md."""
    text = (DATA / "functions.md").read_text("utf-8")
    entries = re.findall(r"^## (.*) \| (.*)\n\n```js\n((?s:.*?))\n```$", text, flags=re.M)
    return [Function(*entry) for entry in entries]


def read_concepts() -> list[Concept]:
    """The entries of concepts.md."""
    text = (DATA / "concepts.md").read_text("utf-8")
    return [Concept(*entry) for entry in SECTION.findall(text)]


def read_built_ins() -> list[BuiltIn]:
    """The entries of built_ins.md."""
    text = (DATA / "built_ins.md").read_text("utf-8")
    return [BuiltIn(*entry) for entry in SECTION.findall(text)]


SECTION = re.compile(r"^## (.*)\n\n(.*)$", re.M)

SMALL_TALK = read_small_talk()
FUNCTIONS = read_functions()
CONCEPTS = read_concepts()
BUILT_INS = read_built_ins()

BEFORE_QUESTION = ["", "", "", "", "Please ", "please ", "Can you "]
BEFORE_CODE = ["", "", "", "", "Here it is:\n\n", "Here you go:\n\n", "For example:\n\n"]
AFTER_CODE = ["", "", "", "", "\n\nIt is short enough to read at a glance.",
              "\n\nTell me if you need another form."]


def small_talk(choose: random.Random) -> Pair:
    """A greeting, a question about the assistant, thanks."""
    group = choose.choice(SMALL_TALK)
    return Pair(choose.choice(group.asked), choose.choice(group.answers))


def concept(choose: random.Random) -> Pair:
    """A question about JavaScript itself."""
    words, answer = choose.choice(CONCEPTS)
    bare = words.split(" ", 1)[1] if words.startswith(("a ", "an ", "the ")) else words
    return Pair(choose.choice([
        f"What is {words}?", f"what is {words}?", f"What is {words}",
        f"Explain {words}.", f"Explain {words} to me.", f"Can you explain {words}?",
        f"What does {bare} mean?", f"Tell me about {words}.", f"What is {words} in JavaScript?",
    ]), answer)


def built_in(choose: random.Random) -> Pair:
    """A question about a built-in function, by its full name or a shorter one."""
    full, answer = choose.choice(BUILT_INS)
    spoken = choose.choice([full, full.replace(".prototype", ""), full.rpartition("prototype.")[2]])
    name = choose.choice([spoken, f"`{spoken}`"])
    return Pair(choose.choice([
        f"What does {name} do?", f"what does {name} do?", f"What does {name} do",
        f"Explain {name}.", f"What is {name}?", f"What is {name} for?", f"How does {name} work?",
        f"Tell me about {name}.", f"What does {name} do in JavaScript?",
    ]), answer)


def function(choose: random.Random) -> Pair:
    """A classic small function: write it, or say what it does."""
    that, to, code = choose.choice(FUNCTIONS)
    if choose.random() < 0.2:
        ask = choose.choice([
            "What does this code do?", "Explain this code:", "What does this do?",
            "Explain this function:",
        ])
        return Pair(f"{ask}\n{fence(code, 'js')}", f"It {that}.")
    ask = choose.choice([
        f"Write a function that {that}.", f"write a function that {that}",
        f"Write a function that {that}", f"Write a function to {to}.",
        f"How do I {to}?", f"how do I {to} in JavaScript?", f"How can I {to}?",
        f"Show me how to {to}.", f"I want to {to}.", f"Write code that {that}.",
        f"Write some code to {to}.", f"Give me a function that {that}.",
    ])
    before = choose.choice(BEFORE_QUESTION)
    if before and ask[0] in "Ww":
        ask = before + ask[0].lower() + ask[1:]
    return Pair(ask, choose.choice(BEFORE_CODE) + fence(code, "js") + choose.choice(AFTER_CODE))


def hand_written(choose: random.Random) -> Pair:
    """One pair, the kinds in fixed shares."""
    kind = choose.choices([small_talk, concept, built_in, function], [0.2, 0.18, 0.24, 0.38])[0]
    return kind(choose)
