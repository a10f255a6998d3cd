#!/usr/bin/python3
"""Build the text corpus from the packages that training/sources/package-lock.json pins.

It is a lockfile of its own, the project's as it was when the training began: the
project goes on, and its corpus must not. Only JavaScript and TypeScript files of packages under a permissive licence are
taken. Minified, generated and near-duplicate files are left out. The result is
deterministic: the same node_modules gives the same files in the same order.

Before:  npm install --prefix training/sources --no-save --ignore-scripts
Run:     /usr/bin/python3 training/corpus.py
Writes:  training/work/train.jsonl, held_out.jsonl  {"path", "text"} per line
         training/work/held_out.txt                 one text after the other
         models/SOURCES.md                          what was taken from whom
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Iterator, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
WORK = Path(os.environ.get("ENDLESS_TRAINING_WORK", ROOT / "training" / "work"))
PACKAGES = ROOT / "training" / "sources" / "node_modules"
SOURCES = ROOT / "models" / "SOURCES.md"

PERMISSIVE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0",
    "CC0-1.0", "ISC", "MIT", "Unlicense",
}

#: File name endings in the order in which near-duplicates are preferred: the
#: module form of a file before its CommonJS twin, code before declarations.
ENDINGS = (".tsx", ".mts", ".mjs", ".js", ".cjs", ".cts", ".ts", ".d.mts", ".d.cts", ".d.ts")

MAX_FILE_BYTES = 1_000_000
MIN_FILE_BYTES = 120
#: No single package may dominate the corpus.
MAX_PACKAGE_BYTES = 2_000_000
HELD_OUT_SHARE = 0.02


class Source(NamedTuple):
    """One file that may be taken, with the package that answers for it."""

    path: Path
    package: str
    licence: str


def is_permissive(expression: object) -> bool:
    """Say whether an SPDX expression leaves us a permissive choice.

    Every side of an AND must be permissive, one side of an OR is enough. What needs brackets to be
    understood is refused.
    """
    if not isinstance(expression, str):
        return False
    plain = re.sub(r"^\((.*)\)$", r"\1", expression)
    if "(" in plain:
        return False
    alternatives = plain.split(" OR ")
    return any(
        all(part.strip() in PERMISSIVE for part in alternative.split(" AND "))
        for alternative in alternatives
    )


def packages(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield (root, name, licence) of every permissive package, nested ones too."""
    for manifest in sorted(folder.rglob("package.json")):
        tail = manifest.parent.relative_to(folder).parts
        if "node_modules" in tail:
            tail = tail[len(tail) - tail[::-1].index("node_modules"):]
        if len(tail) != (2 if tail and tail[0].startswith("@") else 1):
            continue  # a package.json inside a package, not a package root
        try:
            data = json.loads(manifest.read_text("utf-8"))
        except (ValueError, OSError):
            continue
        if isinstance(data, dict) and is_permissive(data.get("license")) and "name" in data:
            yield manifest.parent, str(data["name"]), str(data["license"])


def ending_rank(path: Path) -> int:
    """Rank of a file name's ending in ENDINGS, -1 when it is no source file."""
    name = path.name
    for ending in sorted(ENDINGS, key=len, reverse=True):
        if name.endswith(ending):
            return ENDINGS.index(ending)
    return -1


def sources(folder: Path) -> Iterator[Source]:
    """Yield the source files of all permissive packages in a fixed order."""
    for root, name, licence in packages(folder):
        files = [
            path for path in root.rglob("*")
            if "node_modules" not in path.relative_to(root).parts
            and ending_rank(path) >= 0 and path.is_file() and not path.is_symlink()
        ]
        for path in sorted(files, key=lambda item: (ending_rank(item), str(item))):
            yield Source(path, name, licence)


def looks_generated(path: Path, text: str) -> bool:
    """Say whether a file is minified or machine-made: nothing to learn to write from."""
    if ".min." in path.name or re.search(r"@generated|sourceMappingURL=data:", text):
        return True
    lines = text.split("\n")
    longest = max(map(len, lines))
    mean = len(text) / len(lines)
    letters = sum(char.isalpha() or char.isspace() for char in text)
    return longest > 1000 or mean > 90 or mean < 8 or letters < 0.5 * len(text)


def clean(text: str) -> str:
    """Normalize line ends and drop what repeats in every file (banners, source maps)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    text = re.sub(r"^//[#@] ?source(Mapping)?URL=.*$", "", text, flags=re.M)
    banner = re.match(r"\s*(#!.*\n)?\s*(/\*.*?\*/|(//.*\n)+)", text, flags=re.S)
    if banner and re.search(r"copyright|licen[sc]e", banner.group(0), flags=re.I):
        text = text[banner.end():]
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


class Duplicates:
    """Finds near-duplicates: files most of whose long lines were seen before."""

    def __init__(self, share: float = 0.5) -> None:
        self._share = share
        self._seen: set[int] = set()

    def seen_before(self, text: str) -> bool:
        """Answer for one file, and remember its lines when it is new."""
        lines = {hash_of(line.strip()) for line in text.split("\n") if len(line.strip()) > 20}
        if not lines or len(lines & self._seen) > self._share * len(lines):
            return True
        self._seen |= lines
        return False


def hash_of(text: str) -> int:
    """A hash that is the same in every run, unlike hash()."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "big")


def is_held_out(text: str) -> bool:
    """Assign a file to the held-out split by its content alone."""
    return hash_of(text) % 10_000 < HELD_OUT_SHARE * 10_000


def build(folder: Path, sources_list: Path) -> None:
    """Write both splits of the packages in `folder`, and the list of their licences."""
    duplicates = Duplicates()
    taken: dict[str, int] = defaultdict(int)
    licences: dict[str, str] = {}
    bytes_of = {"train": 0, "held_out": 0}
    WORK.mkdir(parents=True, exist_ok=True)
    with open(WORK / "train.jsonl", "w") as train, open(WORK / "held_out.jsonl", "w") as held_out, \
            open(WORK / "held_out.txt", "w") as held_out_text:
        for source in sources(folder):
            size = source.path.stat().st_size
            if not MIN_FILE_BYTES <= size <= MAX_FILE_BYTES:
                continue
            try:
                text = source.path.read_text("utf-8")
            except UnicodeDecodeError:
                continue
            if "\0" in text or looks_generated(source.path, text):
                continue
            text = clean(text)
            if taken[source.package] + len(text) > MAX_PACKAGE_BYTES or len(text) < MIN_FILE_BYTES:
                continue
            if duplicates.seen_before(text):
                continue
            taken[source.package] += len(text.encode("utf-8"))
            licences[source.package] = source.licence
            split = "held_out" if is_held_out(text) else "train"
            bytes_of[split] += len(text.encode("utf-8"))
            record = {"path": str(source.path.relative_to(folder)), "text": text}
            print(json.dumps(record), file=held_out if split == "held_out" else train)
            if split == "held_out":
                held_out_text.write(text)
    write_sources(sources_list, taken, licences)
    print(f"train {bytes_of['train']:,} bytes, held out {bytes_of['held_out']:,} bytes, "
          f"{len(licences)} packages")


def write_sources(path: Path, taken: dict[str, int], licences: dict[str, str]) -> None:
    """List every package that text was taken from, for the model card."""
    rows = [f"| {name} | {licences[name]} | {taken[name]:,} |" for name in sorted(licences)]
    path.write_text("\n".join([
        "# Sources of the training text",
        "",
        "Written by `training/corpus.py`. The versions are those of `training/sources/package-lock.json`.",
        "",
        "| package | licence | bytes |",
        "| --- | --- | ---: |",
        *rows,
        "",
    ]))


if __name__ == "__main__":
    if not PACKAGES.exists():
        sys.exit("run: npm install --prefix training/sources --no-save --ignore-scripts")
    build(PACKAGES, SOURCES)
