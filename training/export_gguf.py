#!/usr/bin/python3
"""Write a checkpoint as a GGUF file that llama.cpp and node-llama-cpp load.

Run:     /usr/bin/python3 training/export_gguf.py
Writes:  models/endless-tiny.gguf (replaced in one step)
"""

from __future__ import annotations

import argparse
from pathlib import Path

from checkpoint import Network, load_checkpoint, model_file
from gguf_llama import architecture, tensors_of
from gguf_writer import FILE_TYPE, Value, write_gguf
from tokenizer import Tokenizer

#: Purely append-only: what a later turn renders begins with what an earlier one did.
CHAT_TEMPLATE = (
    "{%- for message in messages -%}"
    "{%- if message['role'] == 'system' -%}{{- '<|system|>' + message['content'] + '<|end|>' -}}"
    "{%- elif message['role'] == 'user' -%}{{- '<|user|>' + message['content'] + '<|end|>' -}}"
    "{%- elif message['role'] == 'assistant' -%}"
    "{{- '<|assistant|>' + message['content'] + '<|end|>' -}}"
    "{%- endif -%}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}"
)

NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6


def token_type(tokenizer: Tokenizer, token: int) -> int:
    """The llama.cpp type of a token."""
    pieces = tokenizer.pieces
    if pieces.is_unknown(token):
        return UNKNOWN
    if pieces.is_control(token):
        return CONTROL
    return BYTE if pieces.is_byte(token) else NORMAL


def card(name: str, network: Network, kind: str) -> dict[str, Value]:
    """What the file says about itself."""
    parameters = sum(weight.numel() for weight in network.model.parameters())
    sink = "with" if network.sink else "for comparison without"
    return {
        "general.architecture": Value("string", "llama"),
        "general.type": Value("string", "model"),
        "general.name": Value("string", name),
        "general.basename": Value("string", name),
        "general.size_label": Value("string", f"{parameters / 1e6:.1f}M"),
        "general.license": Value("string", "mit"),
        "general.description": Value(
            "string",
            f"A toy code model {sink} an attention sink token, trained from scratch for Endless "
            "on permissively licensed JavaScript and TypeScript. Check what it writes."),
        "general.languages": Value("string", ["en"]),
        "general.tags": Value("string", ["code", "javascript", "typescript"]
                              + ["attention-sink"] * network.sink),
        "general.file_type": Value("u32", FILE_TYPE[kind]),
        "general.quantization_version": Value("u32", 2),
    }


def vocabulary(tokenizer: Tokenizer, sink: bool) -> dict[str, Value]:
    """The tokenizer and the chat template."""
    ids, pieces = range(tokenizer.size), tokenizer.pieces
    return {
        "tokenizer.ggml.model": Value("string", "llama"),
        "tokenizer.ggml.tokens": Value("string", [pieces.id_to_piece(token) for token in ids]),
        "tokenizer.ggml.scores": Value("f32", [pieces.get_score(token) for token in ids]),
        "tokenizer.ggml.token_type": Value("i32", [token_type(tokenizer, token) for token in ids]),
        "tokenizer.ggml.bos_token_id": Value("u32", tokenizer.sink),
        "tokenizer.ggml.eos_token_id": Value("u32", tokenizer.end),
        "tokenizer.ggml.eot_token_id": Value("u32", tokenizer.end),
        "tokenizer.ggml.unknown_token_id": Value("u32", pieces.unk_id()),
        "tokenizer.ggml.fim_pre_token_id": Value("u32", tokenizer.fim_prefix),
        "tokenizer.ggml.fim_suf_token_id": Value("u32", tokenizer.fim_suffix),
        "tokenizer.ggml.fim_mid_token_id": Value("u32", tokenizer.fim_middle),
        "tokenizer.ggml.fim_sep_token_id": Value("u32", tokenizer.file_separator),
        "tokenizer.ggml.add_bos_token": Value("bool", sink),
        "tokenizer.ggml.add_eos_token": Value("bool", False),
        "tokenizer.ggml.add_space_prefix": Value("bool", False),
        "tokenizer.ggml.remove_extra_whitespaces": Value("bool", False),
        "tokenizer.chat_template": Value("string", "{{- bos_token -}}" * sink + CHAT_TEMPLATE),
    }


def export(output: Path, name: str, network: Network, length: int, kind: str) -> None:
    """Write the file, its matrices stored as `kind`. `length`: of the longest rows in the training."""
    shape = network.model.shape
    metadata = {
        **card(name, network, kind),
        **architecture(shape, length),
        **vocabulary(Tokenizer(), network.sink),
    }
    write_gguf(output, metadata, tensors_of(network.model.state_dict(), shape, kind))


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--name", default="endless-tiny")
    parser.add_argument("--kind", choices=list(FILE_TYPE), default="Q8_0",
                        help="type of the weight matrices")
    parser.add_argument("--output", type=Path, help="default: models/NAME.gguf")
    options = parser.parse_args()
    output = options.output or model_file(options.name)
    trained = load_checkpoint(options.name)
    export(output, options.name, trained.network, trained.length, options.kind)
    print(f"{output.name}: {output.stat().st_size:,} bytes, {options.kind}, "
          f"step {trained.step:,}, {trained.tokens:,} tokens seen")


if __name__ == "__main__":
    main()
