"""The file format, both ways."""

from __future__ import annotations

import struct
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from gguf_llama import architecture, shape_of, tensors_of, weights_of
from gguf_reader import read_gguf
from gguf_writer import Tensor, Value, quantize_q8_0, write_gguf
from model import Llama, Shape

TINY = Shape(vocabulary=64, width=32, layers=2, heads=2, kv_heads=1, head_dim=16, feed_forward=32)


class GgufFile(unittest.TestCase):
    """The bytes that llama.cpp expects."""

    def read_back(self, tensors: list[Tensor], metadata: dict[str, Value] | None = None) -> dict:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.gguf"
            write_gguf(path, metadata or {}, tensors)
            self.gguf = read_gguf(path)
        return self.gguf.tensors

    def test_q8_0_is_within_half_a_step(self) -> None:
        weights = np.random.default_rng(0).normal(size=(4, 64)).astype(np.float32)
        restored = self.read_back([Tensor("t", weights, "Q8_0")])["t"]
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

    def test_metadata_are_read_as_they_were_written(self) -> None:
        values = {"a": Value("string", "\u00e9"), "b": Value("bool", True), "c": Value("i32", -1),
                  "d": Value("f32", 0.5), "e": Value("string", ["x", ""]), "f": Value("u32", [])}
        self.read_back([], values)
        self.assertEqual(self.gguf.metadata, {name: value.data for name, value in values.items()})

    def test_a_network_comes_back_as_it_was(self) -> None:
        torch.manual_seed(0)
        model = Llama(TINY)
        self.read_back(tensors_of(model.state_dict(), TINY, "F32"), architecture(TINY, 128))
        shape = shape_of(self.gguf.metadata)
        self.assertAlmostEqual(shape.norm_epsilon, TINY.norm_epsilon, places=9)
        self.assertEqual(replace(shape, norm_epsilon=TINY.norm_epsilon), TINY)
        again = weights_of(self.gguf)
        self.assertEqual(set(again), set(model.state_dict()))
        for name, weight in model.state_dict().items():
            self.assertTrue(torch.equal(again[name], weight), name)

    def test_other_files_are_refused(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.gguf"
            path.write_bytes(b"GGML" + bytes(40))
            self.assertRaises(ValueError, read_gguf, path)
