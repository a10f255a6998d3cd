"""A small reader for GGUF version 3: what `gguf_writer` writes, and no more.

Source: docs/gguf.md of ggml-org/ggml.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from gguf_writer import ALIGNMENT, ARRAY, Q8_0, Q8_0_BLOCK, SCALARS, STRING, TENSOR_TYPE


class Gguf(NamedTuple):
    """A file in memory: metadata as plain values, tensors as float32 in numpy's order of dimensions."""

    metadata: dict[str, object]
    tensors: dict[str, np.ndarray]


def read_gguf(path: Path) -> Gguf:
    """Read a file whole.

    Raises ValueError when it is no GGUF of version 3 or holds a type that we do not write.
    """
    with open(path, "rb") as stream:
        magic, version, tensor_count, value_count = struct.unpack("<4sIQQ", stream.read(24))
        if magic != b"GGUF" or version != 3:
            raise ValueError(f"{path} is no GGUF file of version 3")
        metadata = {_string(stream): _value(stream) for _ in range(value_count)}
        descriptions = [_description(stream) for _ in range(tensor_count)]
        body = stream.tell() + -stream.tell() % ALIGNMENT
        tensors = {}
        for name, dimensions, kind, offset in descriptions:
            stream.seek(body + offset)
            tensors[name] = _tensor(stream, dimensions, kind)
    return Gguf(metadata, tensors)


_KIND_OF = {code: kind for kind, code in TENSOR_TYPE.items()}
_FORMAT_OF = dict(SCALARS.values())


def _unpack(stream: BinaryIO, layout: str) -> object:
    return struct.unpack(layout, stream.read(struct.calcsize(layout)))[0]


def _string(stream: BinaryIO) -> str:
    return stream.read(_unpack(stream, "<Q")).decode("utf-8")


def _item(stream: BinaryIO, code: int) -> object:
    if code == STRING:
        return _string(stream)
    if code not in _FORMAT_OF:
        raise ValueError(f"metadata of type {code} cannot be read")
    return _unpack(stream, _FORMAT_OF[code])


def _value(stream: BinaryIO) -> object:
    code = _unpack(stream, "<I")
    if code != ARRAY:
        return _item(stream, code)
    of, count = struct.unpack("<IQ", stream.read(12))
    return [_item(stream, of) for _ in range(count)]


def _description(stream: BinaryIO) -> tuple[str, tuple[int, ...], str, int]:
    name, rank = _string(stream), _unpack(stream, "<I")
    dimensions = struct.unpack(f"<{rank}Q", stream.read(8 * rank))[::-1]
    code, offset = struct.unpack("<IQ", stream.read(12))
    if code not in _KIND_OF:
        raise ValueError(f"{name}: tensors of type {code} cannot be read")
    return name, dimensions, _KIND_OF[code], offset


def _tensor(stream: BinaryIO, dimensions: tuple[int, ...], kind: str) -> np.ndarray:
    count = int(np.prod(dimensions))
    if kind == "Q8_0":
        blocks = np.frombuffer(stream.read(count // Q8_0_BLOCK * Q8_0.itemsize), dtype=Q8_0)
        weights = blocks["scale"].astype(np.float32)[:, None] * blocks["quants"]
    else:
        stored = np.dtype("<f2" if kind == "F16" else "<f4")
        weights = np.frombuffer(stream.read(count * stored.itemsize), dtype=stored)
    return weights.astype(np.float32).reshape(dimensions)
