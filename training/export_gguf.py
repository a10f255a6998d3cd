#!/usr/bin/python3
"""Write a checkpoint as a GGUF file that llama.cpp and node-llama-cpp load.

The rotary positions were trained on interleaved pairs, which is llama.cpp's own
layout for the llama architecture, so queries and keys are stored as they are.

Run:     /usr/bin/python3 training/export_gguf.py
Writes:  models/endless-tiny.gguf (replaced in one step)
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from corpus import ROOT, WORK
from gguf_writer import FILE_TYPE, Tensor, Value, write_gguf
from model import Shape
from tokenizer import Tokenizer

#: The longest length that the training has seen.
TRAINED_LENGTH = 1024

#: Purely append-only: what a later turn renders begins with what an earlier one did.
CHAT_TEMPLATE = (
    "{{- bos_token -}}"
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


def card(name: str, parameters: int, kind: str) -> dict[str, Value]:
    """What the file says about itself."""
    return {
        "general.architecture": Value("string", "llama"),
        "general.type": Value("string", "model"),
        "general.name": Value("string", name),
        "general.basename": Value("string", name),
        "general.size_label": Value("string", f"{parameters / 1e6:.1f}M"),
        "general.license": Value("string", "mit"),
        "general.description": Value(
            "string",
            "A toy code model with an attention sink token, trained from scratch for Endless "
            "on permissively licensed JavaScript and TypeScript. Check what it writes."),
        "general.languages": Value("string", ["en"]),
        "general.tags": Value("string", ["code", "javascript", "typescript", "attention-sink"]),
        "general.file_type": Value("u32", FILE_TYPE[kind]),
        "general.quantization_version": Value("u32", 2),
    }


def architecture(shape: Shape, length: int) -> dict[str, Value]:
    """The size of the network."""
    return {
        "llama.context_length": Value("u32", length),
        "llama.embedding_length": Value("u32", shape.width),
        "llama.block_count": Value("u32", shape.layers),
        "llama.feed_forward_length": Value("u32", shape.feed_forward),
        "llama.attention.head_count": Value("u32", shape.heads),
        "llama.attention.head_count_kv": Value("u32", shape.kv_heads),
        "llama.attention.key_length": Value("u32", shape.head_dim),
        "llama.attention.value_length": Value("u32", shape.head_dim),
        "llama.attention.layer_norm_rms_epsilon": Value("f32", shape.norm_epsilon),
        "llama.rope.dimension_count": Value("u32", shape.head_dim),
        "llama.rope.freq_base": Value("f32", shape.rope_base),
        "llama.vocab_size": Value("u32", shape.vocabulary),
    }


def vocabulary(tokenizer: Tokenizer) -> dict[str, Value]:
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
        "tokenizer.ggml.add_bos_token": Value("bool", True),
        "tokenizer.ggml.add_eos_token": Value("bool", False),
        "tokenizer.ggml.add_space_prefix": Value("bool", False),
        "tokenizer.ggml.remove_extra_whitespaces": Value("bool", False),
        "tokenizer.chat_template": Value("string", CHAT_TEMPLATE),
    }


def tensors_of(weights: dict[str, torch.Tensor], shape: Shape, kind: str) -> list[Tensor]:
    """The weights under llama.cpp's names; norms stay F32. Output weights are the embeddings."""
    def array(name: str) -> np.ndarray:
        return weights[name].float().numpy()

    tensors = [Tensor("token_embd.weight", array("embedding.weight"), kind),
               Tensor("output_norm.weight", array("norm.weight"), "F32")]
    q_size, kv_size = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    for index in range(shape.layers):
        mine, theirs = f"layers.{index}", f"blk.{index}"
        q, k, v = np.split(array(f"{mine}.qkv.weight"), [q_size, q_size + kv_size])
        biases = np.split(array(f"{mine}.qkv.bias"), [q_size, q_size + kv_size])
        gate, up = np.split(array(f"{mine}.gate_up.weight"), 2)
        tensors += [
            Tensor(f"{theirs}.attn_norm.weight", array(f"{mine}.attention_norm.weight"), "F32"),
            Tensor(f"{theirs}.attn_q.weight", q, kind),
            Tensor(f"{theirs}.attn_k.weight", k, kind),
            Tensor(f"{theirs}.attn_v.weight", v, kind),
            *(Tensor(f"{theirs}.attn_{part}.bias", bias, "F32") for part, bias in zip("qkv", biases)),
            Tensor(f"{theirs}.attn_output.weight", array(f"{mine}.output.weight"), kind),
            Tensor(f"{theirs}.ffn_norm.weight", array(f"{mine}.feed_forward_norm.weight"), "F32"),
            Tensor(f"{theirs}.ffn_gate.weight", gate, kind),
            Tensor(f"{theirs}.ffn_up.weight", up, kind),
            Tensor(f"{theirs}.ffn_down.weight", array(f"{mine}.down.weight"), kind),
        ]
    return tensors


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--name", default="endless-tiny")
    parser.add_argument("--kind", choices=list(FILE_TYPE), default="Q8_0",
                        help="type of the weight matrices")
    parser.add_argument("--output", type=Path, help="default: models/NAME.gguf")
    options = parser.parse_args()
    output = options.output or ROOT / "models" / f"{options.name}.gguf"
    saved = torch.load(WORK / f"{options.name}.pt", map_location="cpu")
    shape = Shape(**saved["shape"])
    parameters = sum(weight.numel() for weight in saved["average"].values())
    metadata = {
        **card(options.name, parameters, options.kind),
        **architecture(shape, TRAINED_LENGTH),
        **vocabulary(Tokenizer()),
    }
    write_gguf(output, metadata, tensors_of(saved["average"], shape, options.kind))
    print(f"{output.name}: {output.stat().st_size:,} bytes, {options.kind}, step {saved['step']}, "
          f"{saved['tokens']:,} tokens seen")


if __name__ == "__main__":
    main()
