#!/usr/bin/python3
"""Train the tokenizer: SentencePiece BPE with byte fallback and single digits.

Sources: BPE, Sennrich et al. 2016 (arXiv:1508.07909); SentencePiece, Kudo and
Richardson 2018 (arXiv:1808.06226). Text is kept exactly as it is (no Unicode
normalization, no added prefix space, runs of spaces kept), so encoding and
decoding is the identity. A line feed is always one token of its own, which
makes every line start alike, whatever stands before it.

Run:     /usr/bin/python3 training/tokenizer.py
Writes:  training/work/tokenizer.model
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from typing import Iterator

import sentencepiece

from corpus import WORK

VOCABULARY = 4096
SAMPLE_BYTES = 9_000_000
SEED = 1

SINK = "<|sink|>"
END = "<|end|>"
SYSTEM = "<|system|>"
USER = "<|user|>"
ASSISTANT = "<|assistant|>"
FIM_PREFIX = "<|fim_prefix|>"
FIM_SUFFIX = "<|fim_suffix|>"
FIM_MIDDLE = "<|fim_middle|>"
FILE_SEPARATOR = "<|file_sep|>"

#: Control tokens in the order of their ids, from 3 on. SentencePiece never
#: produces them from text: "<|end|>" in a file is ordinary characters.
CONTROLS = [SYSTEM, USER, ASSISTANT, FIM_PREFIX, FIM_SUFFIX, FIM_MIDDLE, FILE_SEPARATOR]


class Tokenizer:
    """Text to token ids, with the control tokens by name."""

    def __init__(self) -> None:
        path = WORK / "tokenizer.model"
        if not path.exists():
            sys.exit("there is no tokenizer: run training/corpus.py and training/tokenizer.py")
        #: Weights are of use with their own tokenizer only.
        self.sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        self.pieces = sentencepiece.SentencePieceProcessor(model_file=str(path))
        self.size: int = self.pieces.get_piece_size()
        self.sink = self.control(SINK)
        self.end = self.control(END)
        self.system = self.control(SYSTEM)
        self.user = self.control(USER)
        self.assistant = self.control(ASSISTANT)
        self.fim_prefix = self.control(FIM_PREFIX)
        self.fim_suffix = self.control(FIM_SUFFIX)
        self.fim_middle = self.control(FIM_MIDDLE)
        self.file_separator = self.control(FILE_SEPARATOR)

    def control(self, name: str) -> int:
        """The id of a control token."""
        token = self.pieces.piece_to_id(name)
        if not self.pieces.is_control(token):
            raise ValueError(f"{name} is no control token of this tokenizer")
        return token

    def encode(self, text: str) -> list[int]:
        """Encode plain text; control tokens cannot come out of it."""
        return self.pieces.encode(text)

    def decode(self, tokens: list[int]) -> str:
        """Decode tokens to text; control tokens give nothing."""
        return self.pieces.decode(tokens)


def sample_lines() -> Iterator[str]:
    """Yield the lines of randomly chosen training files up to SAMPLE_BYTES."""
    with open(WORK / "train.jsonl") as stream:
        texts = [json.loads(line)["text"] for line in stream]
    random.Random(SEED).shuffle(texts)
    taken = 0
    for text in texts:
        if taken > SAMPLE_BYTES:
            return
        taken += len(text)
        yield from (line for line in text.split("\n") if line)


def train() -> None:
    """Train and write the tokenizer."""
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=sample_lines(),
        model_prefix=str(WORK / "tokenizer"),
        model_type="bpe",
        vocab_size=VOCABULARY,
        character_coverage=0.9999,
        byte_fallback=True,
        split_digits=True,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        allow_whitespace_only_pieces=True,
        unk_id=0, bos_id=1, eos_id=2, pad_id=-1,
        bos_piece=SINK, eos_piece=END,
        control_symbols=CONTROLS,
        num_threads=1,
        minloglevel=1,
    )


if __name__ == "__main__":
    train()
    tokenizer = Tokenizer()
    probe = "function add(a, b) {\n\treturn a + 12345;  // \u00e9 \u4f60\n}\n"
    assert tokenizer.decode(tokenizer.encode(probe)) == probe, "decoding is not the identity"
    pieces = tokenizer.pieces.encode(probe, out_type=str)
    print(f"{tokenizer.size} pieces; {len(probe.encode())} bytes in {len(pieces)} tokens: {pieces}")
