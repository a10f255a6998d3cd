"""Our network in a GGUF file: llama.cpp's names for its sizes and weights, both ways.

The rotary positions were trained on interleaved pairs, which is llama.cpp's own
layout for the llama architecture, so queries and keys are stored as they are.
Output weights are the embeddings.
"""

from __future__ import annotations

import numpy as np
import torch

from gguf_reader import Gguf
from gguf_writer import Tensor, Value
from model import Shape

#: Weights of a layer that have one tensor of their own, theirs by ours; norms stay F32.
MATRICES = {"attn_output": "output", "ffn_down": "down"}
NORMS = {"attn_norm": "attention_norm", "ffn_norm": "feed_forward_norm"}


def architecture(shape: Shape, length: int) -> dict[str, Value]:
    """The size of the network, and the longest text that it was trained on, in tokens."""
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


def shape_of(metadata: dict[str, object]) -> Shape:
    """The inverse of `architecture`."""
    sizes = {name.removeprefix("llama."): value for name, value in metadata.items()}
    return Shape(
        vocabulary=sizes["vocab_size"], width=sizes["embedding_length"],
        layers=sizes["block_count"], heads=sizes["attention.head_count"],
        kv_heads=sizes["attention.head_count_kv"], head_dim=sizes["attention.key_length"],
        feed_forward=sizes["feed_forward_length"], rope_base=sizes["rope.freq_base"],
        norm_epsilon=sizes["attention.layer_norm_rms_epsilon"],
    )


def tensors_of(weights: dict[str, torch.Tensor], shape: Shape, kind: str) -> list[Tensor]:
    """The weights as tensors, matrices stored as `kind`."""
    def array(name: str) -> np.ndarray:
        return weights[name].float().numpy()

    tensors = [Tensor("token_embd.weight", array("embedding.weight"), kind),
               Tensor("output_norm.weight", array("norm.weight"), "F32")]
    q_size, kv_size = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    for index in range(shape.layers):
        mine, theirs = f"layers.{index}", f"blk.{index}"
        ends = [q_size, q_size + kv_size]
        matrices = np.split(array(f"{mine}.qkv.weight"), ends)
        biases = np.split(array(f"{mine}.qkv.bias"), ends)
        gate, up = np.split(array(f"{mine}.gate_up.weight"), 2)
        tensors += [
            *(Tensor(f"{theirs}.{name}.weight", array(f"{mine}.{own}.weight"), "F32")
              for name, own in NORMS.items()),
            *(Tensor(f"{theirs}.attn_{part}.weight", matrix, kind)
              for part, matrix in zip("qkv", matrices)),
            *(Tensor(f"{theirs}.attn_{part}.bias", bias, "F32") for part, bias in zip("qkv", biases)),
            *(Tensor(f"{theirs}.{name}.weight", array(f"{mine}.{own}.weight"), kind)
              for name, own in MATRICES.items()),
            Tensor(f"{theirs}.ffn_gate.weight", gate, kind),
            Tensor(f"{theirs}.ffn_up.weight", up, kind),
        ]
    return tensors


def weights_of(gguf: Gguf) -> dict[str, torch.Tensor]:
    """The inverse of `tensors_of`, as far as the stored type is exact."""
    def tensor(*names: str) -> torch.Tensor:
        return torch.from_numpy(np.concatenate([gguf.tensors[name] for name in names]))

    weights = {"embedding.weight": tensor("token_embd.weight"),
               "norm.weight": tensor("output_norm.weight")}
    for index in range(shape_of(gguf.metadata).layers):
        mine, theirs = f"layers.{index}", f"blk.{index}"
        for name, own in {**NORMS, **MATRICES}.items():
            weights[f"{mine}.{own}.weight"] = tensor(f"{theirs}.{name}.weight")
        for part in ("weight", "bias"):
            weights[f"{mine}.qkv.{part}"] = tensor(*(f"{theirs}.attn_{name}.{part}" for name in "qkv"))
        weights[f"{mine}.gate_up.weight"] = tensor(f"{theirs}.ffn_gate.weight", f"{theirs}.ffn_up.weight")
    return weights
