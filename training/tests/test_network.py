"""The network, its schedule, and the baseline."""

from __future__ import annotations

import math
import unittest

import numpy as np
import torch

from model import Llama, Shape, rope_table, rotate
from ngram import log_probabilities
from sinks import rolling_losses
from train import PEAK_RATE, REST, rate_at, restlessness

TINY = Shape(vocabulary=64, width=32, layers=2, heads=2, kv_heads=1, head_dim=16, feed_forward=32)


class Network(unittest.TestCase):
    """The properties that the cache relies on."""

    def setUp(self) -> None:
        torch.manual_seed(0)
        self.model = Llama(TINY).eval()
        self.tokens = torch.randint(0, TINY.vocabulary, (40,))

    def test_rotary_scores_depend_on_the_distance_alone(self) -> None:
        cosine, sine = rope_table(TINY, 50)
        q, k = torch.randn(TINY.head_dim), torch.randn(TINY.head_dim)
        near = rotate(q, cosine[9], sine[9]) @ rotate(k, cosine[4], sine[4])
        far = rotate(q, cosine[49], sine[49]) @ rotate(k, cosine[44], sine[44])
        self.assertAlmostEqual(float(near), float(far), places=4)

    def test_no_token_sees_the_future(self) -> None:
        changed = self.tokens.clone()
        changed[30:] = 0
        before, after = self.model(self.tokens[None]), self.model(changed[None])
        self.assertTrue(torch.allclose(before[0, :30], after[0, :30], atol=1e-5))

    def test_a_cache_that_is_not_full_is_dense_attention(self) -> None:
        logits = self.model(self.tokens[None, :-1])[0]
        dense = torch.nn.functional.cross_entropy(logits, self.tokens[1:], reduction="none")
        rolling = rolling_losses(self.model, self.tokens, sinks=2, window=64)
        self.assertTrue(torch.allclose(dense, rolling, atol=1e-5))

    def test_rolling_cache_of_one_layer_equals_a_fresh_prefill_of_what_was_kept(self) -> None:
        model = Llama(Shape(**{**vars(TINY), "layers": 1})).eval()
        for sinks in (0, 1, 4):
            losses = rolling_losses(model, self.tokens, sinks, window=16)
            kept = torch.cat([self.tokens[:sinks], self.tokens[39 - 16 + sinks:39]])
            fresh = torch.nn.functional.cross_entropy(model(kept[None])[0, -1:], self.tokens[39:])
            self.assertAlmostEqual(float(losses[-1]), float(fresh), places=4)


class Training(unittest.TestCase):
    """The schedule, and the cost of having no rest."""

    def test_rate_warms_up_stays_and_decays_to_nothing(self) -> None:
        self.assertLess(rate_at(0, 0.0), PEAK_RATE / 100)
        self.assertEqual(rate_at(5000, 0.5), PEAK_RATE)
        self.assertAlmostEqual(rate_at(20_000, 1.0), 0.0)

    def test_rest_costs_nothing_where_there_is_enough_of_it(self) -> None:
        def heads(*weights: float) -> list[torch.Tensor]:
            return [torch.tensor(weights).view(1, -1, 1)]

        self.assertAlmostEqual(float(restlessness(heads(REST, 1.0))), 0.0, places=5)
        self.assertAlmostEqual(float(restlessness(heads(REST / math.e, REST / math.e))), 1.0, places=5)
        self.assertAlmostEqual(float(restlessness(heads(REST / math.e, 1.0))), 0.5, places=5)

    def test_a_head_with_a_hundredth_of_its_attention_at_rest_is_pulled_nearly_as_hard_as_one_with_half(self) -> None:
        def pull(share: float, length: int = 1024) -> float:
            score = torch.tensor(math.log(share / (1 - share)), requires_grad=True)
            row = torch.cat([torch.ones(1), torch.sigmoid(score).expand(length - 1)])
            restlessness([row.view(1, 1, -1)]).backward()
            return -float(score.grad)

        self.assertGreater(pull(0.01), 0.9)
        self.assertAlmostEqual(pull(0.5), 0.5, places=2)
        self.assertLess(pull(1e-6), 0.01)


class Baseline(unittest.TestCase):
    """The n-gram model is a probability distribution."""

    def test_probabilities_add_up_to_one(self) -> None:
        train = np.random.default_rng(0).integers(0, 6, 300)
        history = train[100:104]
        ends = [np.append(history, token) for token in range(6)]
        total = sum(np.exp(log_probabilities(train, text, 6, order=5)[-1]) for text in ends)
        self.assertAlmostEqual(float(total), 1.0, places=6)
