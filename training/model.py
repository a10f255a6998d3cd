"""The network: a small llama (Touvron et al. 2023, arXiv:2302.13971), with biases on queries,
keys and values (Bai et al. 2023, arXiv:2309.16609, section 2.3): with a bias in a query, the score
of the sink need not depend on which token it is that looks.

RMSNorm (arXiv:1910.07467), rotary positions on interleaved pairs
(arXiv:2104.09864; the layout that llama.cpp calls NORM, so the export needs no
permutation), grouped-query attention (arXiv:2305.13245), SwiGLU
(arXiv:2002.05202), input and output embeddings tied.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Shape:
    """The size of the network."""

    vocabulary: int = 4096
    width: int = 256
    layers: int = 6
    heads: int = 4
    kv_heads: int = 2
    head_dim: int = 64
    feed_forward: int = 512
    rope_base: float = 10_000.0
    norm_epsilon: float = 1e-5


QUERY_BLOCK = 128

#: Cosine and sine per (position, pair of channels).
Rope = tuple[Tensor, Tensor]


def rope_table(shape: Shape, length: int) -> Rope:
    """The rotations of positions 0 to length - 1."""
    exponents = torch.arange(0, shape.head_dim, 2, dtype=torch.float64) / shape.head_dim
    angles = torch.arange(length, dtype=torch.float64)[:, None] * shape.rope_base ** -exponents
    return angles.cos().float(), angles.sin().float()


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotate the channel pairs (2i, 2i+1) of x (batch, head, position, channel)."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cosine - odd * sine, even * sine + odd * cosine), -1).flatten(-2)


class RmsNorm(nn.Module):
    """Scale to unit root mean square, then by a learned weight."""

    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.epsilon) * self.weight


class Layer(nn.Module):
    """One transformer block: attention, then feed-forward, each with its norm."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.q_size = shape.heads * shape.head_dim
        self.kv_size = shape.kv_heads * shape.head_dim
        self.attention_norm = RmsNorm(shape.width, shape.norm_epsilon)
        self.qkv = nn.Linear(shape.width, self.q_size + 2 * self.kv_size, bias=True)
        self.output = nn.Linear(self.q_size, shape.width, bias=False)
        self.feed_forward_norm = RmsNorm(shape.width, shape.norm_epsilon)
        self.gate_up = nn.Linear(shape.width, 2 * shape.feed_forward, bias=False)
        self.down = nn.Linear(shape.feed_forward, shape.width, bias=False)

    def project(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values (batch, head, position, channel), not rotated yet."""
        batch, length, _ = x.shape
        qkv = self.qkv(x).view(batch, length, -1, self.shape.head_dim).transpose(1, 2)
        return qkv.split([self.shape.heads, self.shape.kv_heads, self.shape.kv_heads], dim=1)

    def per_query_head(self, x: Tensor) -> Tensor:
        """Keys or values, each as often as query heads share it."""
        return x.repeat_interleave(self.shape.heads // self.shape.kv_heads, dim=1)

    def attention(self, x: Tensor, rope: Rope, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Attend; returns the result and the weights on position 0 (batch, head, position).

        Queries go in blocks, each against the keys up to its end only: a fifth faster at 1,024.
        """
        batch, length, _ = x.shape
        q, k, v = self.project(x)
        q = rotate(q, *rope) * (1.0 / math.sqrt(self.shape.head_dim))
        k = self.per_query_head(rotate(k, *rope)).transpose(-1, -2)
        v = self.per_query_head(v)
        attended, on_first = [], []
        for start in range(0, length, QUERY_BLOCK):
            end = min(length, start + QUERY_BLOCK)
            scores = q[:, :, start:end] @ k[..., :end] + mask[start:end, :end]
            weights = scores.softmax(-1)
            attended.append(weights @ v[:, :, :end])
            on_first.append(weights[..., 0])
        result = torch.cat(attended, dim=2).transpose(1, 2).reshape(batch, length, -1)
        return self.output(result), torch.cat(on_first, dim=2)

    def forward(self, x: Tensor, rope: Rope, mask: Tensor) -> tuple[Tensor, Tensor]:
        attended, on_first = self.attention(self.attention_norm(x), rope, mask)
        x = x + attended
        gate, up = self.gate_up(self.feed_forward_norm(x)).chunk(2, dim=-1)
        return x + self.down(F.silu(gate) * up), on_first


class Llama(nn.Module):
    """Token ids to logits."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = RmsNorm(shape.width, shape.norm_epsilon)
        self._tables: dict[tuple[int, torch.device], tuple[Tensor, Tensor, Tensor]] = {}
        self._initialize()

    def _initialize(self) -> None:
        """Normal with a spread of 1 / sqrt(inputs), embeddings 0.02, biases 0; projections into
        the residual stream scaled down (GPT-2). In a narrow network 0.02 for all leaves attention
        nearly even for a long time."""
        for name, parameter in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(parameter)
            if parameter.dim() < 2:
                continue
            scale = 0.02 if name.startswith("embedding") else parameter.shape[1] ** -0.5
            if name.endswith(("output.weight", "down.weight")):
                scale /= math.sqrt(2 * self.shape.layers)
            nn.init.normal_(parameter, std=scale)

    def _table(self, length: int, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
        if (length, device) not in self._tables:
            mask = torch.full((length, length), float("-inf")).triu(1)
            tables = (*rope_table(self.shape, length), mask)
            self._tables[length, device] = tuple(table.to(device) for table in tables)
        return self._tables[length, device]

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits (batch, position, vocabulary) for tokens (batch, position)."""
        return self.run(tokens)[0]

    def run(self, tokens: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Logits, and per layer the weights of attention on position 0 (batch, head, position)."""
        cosine, sine, mask = self._table(tokens.shape[1], tokens.device)
        x = self.embedding(tokens)
        on_first = []
        for layer in self.layers:
            x, weights = layer(x, (cosine, sine), mask)
            on_first.append(weights)
        return F.linear(self.norm(x), self.embedding.weight), on_first
