"""A small writer for GGUF version 3, the file format of llama.cpp.

Source: docs/gguf.md of ggml-org/ggml. A file is a header, typed key-value
pairs, descriptions of the tensors, then the tensors, each aligned to 32 bytes.
Dimensions are written fastest first, the reverse of numpy's order.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

ALIGNMENT = 32
Q8_0_BLOCK = 32
#: A block of 32 weights: one half-precision scale, then 32 signed bytes.
Q8_0 = np.dtype([("scale", "<f2"), ("quants", "i1", Q8_0_BLOCK)])

#: Codes of ggml_type and of general.file_type.
TENSOR_TYPE = {"F32": 0, "F16": 1, "Q8_0": 8}
FILE_TYPE = {"F32": 0, "F16": 1, "Q8_0": 7}


class Value(NamedTuple):
    """A metadata value and its GGUF type: u32, i32, f32, bool, string; or a list of these."""

    kind: str
    data: object


#: Codes of metadata types, and how struct packs them.
SCALARS = {"u32": (4, "<I"), "i32": (5, "<i"), "f32": (6, "<f"), "bool": (7, "<?")}
STRING, ARRAY = 8, 9


def _string(text: str) -> bytes:
    data = text.encode("utf-8")
    return struct.pack("<Q", len(data)) + data


def _item(kind: str, data: object) -> bytes:
    return _string(str(data)) if kind == "string" else struct.pack(SCALARS[kind][1], data)


def _code(kind: str) -> int:
    return STRING if kind == "string" else SCALARS[kind][0]


def _value(value: Value) -> bytes:
    if isinstance(value.data, list):
        items = b"".join(_item(value.kind, item) for item in value.data)
        return struct.pack("<IIQ", ARRAY, _code(value.kind), len(value.data)) + items
    return struct.pack("<I", _code(value.kind)) + _item(value.kind, value.data)


def quantize_q8_0(weights: np.ndarray) -> bytes:
    """Blocks of weights with a scale each."""
    blocks = weights.astype(np.float32).reshape(-1, Q8_0_BLOCK)
    scale = np.abs(blocks).max(axis=1, keepdims=True) / 127
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0)
    packed = np.empty(len(blocks), dtype=Q8_0)
    packed["scale"] = scale[:, 0].astype(np.float16)
    packed["quants"] = np.round(blocks * inverse).astype(np.int8)
    return packed.tobytes()


class Tensor(NamedTuple):
    """One named tensor and the type that it is stored in."""

    name: str
    data: np.ndarray
    kind: str

    def stored(self) -> bytes:
        """The bytes as they stand in the file."""
        if self.kind == "Q8_0":
            if self.data.shape[-1] % Q8_0_BLOCK:
                raise ValueError(f"{self.name}: rows of Q8_0 must be multiples of {Q8_0_BLOCK}")
            return quantize_q8_0(self.data)
        return self.data.astype("<f2" if self.kind == "F16" else "<f4").tobytes()


def _pad(stream: BinaryIO) -> None:
    stream.write(b"\0" * (-stream.tell() % ALIGNMENT))


def write_gguf(path: Path, metadata: dict[str, Value], tensors: list[Tensor]) -> None:
    """Write the file beside its place, then move it there in one step."""
    partial = path.with_name(path.name + ".partial")
    bodies = [tensor.stored() for tensor in tensors]
    with open(partial, "wb") as stream:
        stream.write(b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata)))
        for key, value in metadata.items():
            stream.write(_string(key) + _value(value))
        offset = 0
        for tensor, body in zip(tensors, bodies):
            shape = tensor.data.shape[::-1]
            stream.write(_string(tensor.name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape))
            stream.write(struct.pack("<IQ", TENSOR_TYPE[tensor.kind], offset))
            offset += len(body) + -len(body) % ALIGNMENT
        _pad(stream)
        for body in bodies:
            stream.write(body)
            _pad(stream)
    partial.replace(path)
