"""The baseline: an interpolated n-gram model with Witten-Bell smoothing.

Source: Witten and Bell 1991; as in Chen and Goodman 1998, section 2.4. With
c(h) the count of a context and t(h) the number of different tokens after it,

    p(w | h) = (c(h w) + t(h) p(w | h')) / (c(h) + t(h)),   h' = h without its first token.

Tokens have 12 bits, so five of them fit a 64-bit key, and counting is sorting.
"""

from __future__ import annotations

import math

import numpy as np

TOKEN_BITS = 12
MAX_ORDER = 5


def keys_of(tokens: np.ndarray, order: int) -> np.ndarray:
    """One key per n-gram; the key at i stands for tokens i to i + order - 1."""
    size = len(tokens) - order + 1
    keys = np.zeros(size, dtype=np.uint64)
    for offset in range(order):
        keys = (keys << np.uint64(TOKEN_BITS)) | tokens[offset:offset + size].astype(np.uint64)
    return keys


def lookup(keys: np.ndarray, counts: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The count of each wanted key, 0 where there is none."""
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, counts[places], 0)


def log_probabilities(
    train: np.ndarray, held_out: np.ndarray, vocabulary: int, order: int = MAX_ORDER
) -> np.ndarray:
    """Natural log-probability of every held-out token from the first with a full context on."""
    if not 1 <= order <= MAX_ORDER or vocabulary > 1 << TOKEN_BITS:
        raise ValueError("the order must be 1 to 5, the vocabulary at most 4096")
    known, counts = np.unique(train.astype(np.uint64), return_counts=True)
    shifted = held_out[order - 1:]
    probability = (lookup(known, counts, shifted.astype(np.uint64)) + 1) / (len(train) + vocabulary)
    for size in range(2, order + 1):
        grams, gram_counts = np.unique(keys_of(train, size), return_counts=True)
        contexts, starts = np.unique(grams >> np.uint64(TOKEN_BITS), return_index=True)
        context_counts = np.add.reduceat(gram_counts, starts)
        kinds = np.diff(np.append(starts, len(grams)))
        wanted = keys_of(held_out, size)[order - size:]
        wanted_context = wanted >> np.uint64(TOKEN_BITS)
        seen = lookup(contexts, context_counts, wanted_context)
        followers = lookup(contexts, kinds, wanted_context)
        count = lookup(grams, gram_counts, wanted)
        total = np.maximum(seen + followers, 1)
        probability = np.where(seen > 0, (count + followers * probability) / total, probability)
    return np.log(probability)


def bits_per_token(
    train: np.ndarray, held_out: np.ndarray, vocabulary: int, order: int = MAX_ORDER
) -> float:
    """Mean cost of a held-out token in bits."""
    return float(-log_probabilities(train, held_out, vocabulary, order).mean() / math.log(2))
