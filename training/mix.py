#!/usr/bin/python3
"""Turn the corpus into training rows: code, holes, chats, edits, records.

Every row is `length + 1` tokens and begins with the sink token, so that the
model learns to put its surplus attention there (Xiao et al. 2024,
arXiv:2309.17453, section 3.3); for a model without a sink it begins with what
follows: code from anywhere in a file, the tokens of a hole or of a chat. Rows are made from (seed, step), never from a
position in a stream, so a resumed training sees what it would have seen.

Run:     /usr/bin/python3 training/mix.py
Writes:  training/work/code.npy      the code of the training split as tokens
         training/work/held_out.npy  the same for the held-out split
         training/work/pairs.json    the mined questions and answers
"""

from __future__ import annotations

import json
import random
from bisect import bisect_right
from itertools import accumulate

import numpy as np

from conversation import SYSTEM_PROMPTS, hand_written
from corpus import WORK
from edits import NAME, edit_of
from mined_chat import Pair, pairs_of
from tokenizer import Tokenizer

SEED = 2
#: Share of rows of each kind.
SHARES = {"code": 0.22, "hole": 0.22, "chat": 0.22, "edit": 0.16, "record": 0.18}
#: Share of hand-written pairs among the turns of a chat.
HAND_WRITTEN_SHARE = 0.4


def read_texts(split: str) -> list[tuple[str, str]]:
    """The (path, text) records of a split."""
    with open(WORK / f"{split}.jsonl") as stream:
        return [(record["path"], record["text"]) for record in map(json.loads, stream)]


def encode_code(tokenizer: Tokenizer, texts: list[tuple[str, str]]) -> np.ndarray:
    """All files in random order, a file separator behind each."""
    tokens: list[int] = []
    for _, text in random.Random(SEED).sample(texts, len(texts)):
        tokens += tokenizer.encode(text)
        tokens.append(tokenizer.file_separator)
    return np.array(tokens, dtype=np.uint16)


def prepare() -> None:
    """Write the files that the rows are drawn from."""
    tokenizer = Tokenizer()
    texts = read_texts("train")
    code = encode_code(tokenizer, texts)
    np.save(WORK / "code.npy", code)
    held_out_texts = read_texts("held_out")
    held_out = encode_code(tokenizer, held_out_texts)
    np.save(WORK / "held_out.npy", held_out)
    choose = random.Random(SEED)
    mined = (pair for path, text in texts for pair in pairs_of(path, text, choose))
    pairs = list(dict.fromkeys(mined))
    (WORK / "pairs.json").write_text(json.dumps(pairs))
    held_out_bytes = sum(len(text.encode("utf-8")) for _, text in held_out_texts)
    print(f"{len(code):,} tokens of code, {len(held_out):,} held out "
          f"({held_out_bytes / len(held_out):.2f} bytes per token), {len(pairs):,} mined pairs")


class Rows:
    """Draws training rows. With `sink=False` they are the same without the sink token."""

    def __init__(self, tokenizer: Tokenizer, sink: bool = True, seed: int = SEED) -> None:
        self._tokenizer = tokenizer
        self._seed = seed
        self._start = [tokenizer.sink] if sink else []
        self._code: np.ndarray = np.load(WORK / "code.npy")
        self._texts = [text for _, text in read_texts("train")]
        self._text_ends = list(accumulate(map(len, self._texts)))
        self._pairs = [Pair(*pair) for pair in json.loads((WORK / "pairs.json").read_text())]
        self._makers = {"code": self._code_row, "hole": self._hole_row, "chat": self._chat_row,
                        "edit": self._edit_row, "record": self._record_row}

    def batch(self, step: int, rows: int, length: int) -> np.ndarray:
        """The rows (rows, length + 1) of one training step."""
        choose = random.Random(f"{self._seed} {step}")
        kinds = choose.choices(list(SHARES), list(SHARES.values()), k=rows)
        made = [self._start + self._makers[kind](choose, length + 1) for kind in kinds]
        return np.array([row[:length + 1] for row in made], dtype=np.int64)

    def _code_row(self, choose: random.Random, size: int) -> list[int]:
        """A stretch of code that starts anywhere."""
        start = choose.randrange(len(self._code) - size)
        return self._code[start:start + size].tolist()

    def _hole_row(self, choose: random.Random, size: int) -> list[int]:
        """Fill-in-the-middle samples (Bavarian et al. 2022, arXiv:2207.14255)."""
        tokens: list[int] = []
        longest = choose.choice([400, int(2.2 * size)])
        while len(tokens) < size:
            tokens += self._hole(choose, choose.randint(60, longest))
        return tokens

    def _hole(self, choose: random.Random, chars: int) -> list[int]:
        """One sample: prefix, suffix, middle; sometimes the suffix first."""
        excerpt = self._excerpt(choose, chars)
        left, right = self._gap(choose, excerpt)
        names, encode = self._tokenizer, self._tokenizer.encode
        prefix = [names.fim_prefix, *encode(excerpt[:left])]
        suffix = [names.fim_suffix, *encode(excerpt[right:])]
        before = suffix + prefix if choose.random() < 0.2 else prefix + suffix
        return [*before, names.fim_middle, *encode(excerpt[left:right]), names.end]

    def _excerpt(self, choose: random.Random, chars: int) -> str:
        """At most so many characters of a file, from the beginning of a line on."""
        text = self._texts[bisect_right(self._text_ends, choose.randrange(self._text_ends[-1]))]
        start = choose.randrange(max(1, len(text) - chars))
        start = 0 if start == 0 else text.find("\n", start) + 1
        return text[start:start + chars]

    @staticmethod
    def _gap(choose: random.Random, text: str) -> tuple[int, int]:
        """Where the middle starts and ends: mostly the rest of a line, as while typing.

        What was typed since an anchor may stand behind the middle token, so that a keystroke
        only appends. Hence the middle often starts at the line or at the text instead.
        """
        cursor = choose.randrange(len(text) + 1)
        left = choose.choices([cursor, text.rfind("\n", 0, cursor) + 1, 0], [0.3, 0.5, 0.2])[0]
        if choose.random() < 0.15:
            return left, min(len(text), cursor + choose.randint(1, 80))
        right = cursor
        for _ in range(choose.choice([1, 1, 1, 1, 2, 2, 3, 4, 6])):
            end = text.find("\n", right + 1)
            right = len(text) if end < 0 else end
        return left, right

    def _chat_row(self, choose: random.Random, size: int) -> list[int]:
        """One long conversation: a system prompt or none, then unrelated turns."""
        names, encode = self._tokenizer, self._tokenizer.encode
        tokens: list[int] = []
        if choose.random() < 0.8:
            prompt = SYSTEM_PROMPTS[0] if choose.random() < 0.8 else choose.choice(SYSTEM_PROMPTS)
            tokens += [names.system, *encode(prompt), names.end]
        while len(tokens) < size:
            written = choose.random() < HAND_WRITTEN_SHARE
            pair = hand_written(choose) if written else choose.choice(self._pairs)
            if len(pair.question) + len(pair.answer) > 2 * size:
                continue  # would be cut before its answer ends
            tokens += self._turn(pair)
        return tokens

    def _edit_row(self, choose: random.Random, size: int) -> list[int]:
        """Edits of excerpts that fit into the row twice."""
        tokens: list[int] = []
        while len(tokens) < size:
            code = self._excerpt(choose, choose.randint(60, int(1.4 * size))).rpartition("\n")[0]
            names = NAME.findall(self._excerpt(choose, 400))
            pair = edit_of(code, choose.choice(names or ["value"]), choose)
            if code and pair is not None:
                tokens += self._turn(pair)
        return tokens

    def _turn(self, pair: Pair) -> list[int]:
        names, encode = self._tokenizer, self._tokenizer.encode
        return [names.user, *encode(pair.question), names.end,
                names.assistant, *encode(pair.answer), names.end]

    def _record_row(self, choose: random.Random, size: int) -> list[int]:
        """Record lines with queries, as in the paper's StreamEval, but with more queries: digits
        out of nowhere teach nothing, those that stand further up teach looking back."""
        line, largest = choose.randrange(1, 1200), choose.choice([100, 1000, 50_000])
        queries_per_line, reach = choose.choice([0.1, 0.5, 1.0]), choose.choice([3, 10, 30])
        contents: dict[int, int] = {}
        text = ""
        while len(text) < 4 * size:
            contents[line] = choose.randrange(largest)
            text += f"The REGISTER_CONTENT in line {line} is <{contents[line]}>\n"
            line += 1
            if choose.random() < queries_per_line:
                asked = choose.choice(list(contents)[-reach:])
                text += (f"What is the REGISTER_CONTENT in line {asked}? "
                         f"The REGISTER_CONTENT in line {asked} is <{contents[asked]}>\n")
        return self._tokenizer.encode(text)


def show(tokenizer: Tokenizer, count: int = 6, length: int = 200) -> None:
    """Print some rows, control tokens included, to see what the model is fed."""
    for row in Rows(tokenizer).batch(0, count, length):
        pieces = "".join(tokenizer.pieces.id_to_piece(int(token)) for token in row)
        print("-----\n" + pieces.replace("\u2581", " ").replace("<0x0A>", "\n"))


if __name__ == "__main__":
    prepare()
    show(Tokenizer())
