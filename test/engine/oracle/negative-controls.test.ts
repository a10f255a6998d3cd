import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { casesOf } from '../../../src/bench/oracle/model-cases.ts';
import { randomOperations } from '../../../src/bench/oracle/operations.ts';
import { askOracle } from '../../../src/bench/oracle/oracle.ts';
import type { LoadedModel } from '../../../src/engine/model/loaded-model.ts';
import { keepingTextPositions, oneKeyNotRotated } from './broken-sequences.ts';
import { EXACT, loadZooModel, ONE_EVICTION, questionTo, WRONG } from './zoo-model.ts';

/** So few tokens that the positions in the text stay within the context. */
const FEW = randomOperations(10, 3);

describe.each(['llama', 'qwen3', 'qwen3moe'] as const)('the oracle, asked about %s', (name) => {
  let loaded: LoadedModel;
  beforeAll(async () => {
    loaded = await loadZooModel(name);
  });
  afterAll(() => loaded.dispose());

  it.each([
    ['one eviction', ONE_EVICTION],
    ['a few operations', FEW],
  ])('finds the cache exact after %s', async (_what, operations) => {
    const answer = await askOracle({ ...questionTo(loaded), operations });
    expect(answer.kl).toBeLessThanOrEqual(EXACT);
    expect(answer).toMatchObject({ misplaced: 0, decodedAgain: 0 });
    expect(answer.evictions).toBeGreaterThan(0);
  });

  it.each([
    ['one eviction', ONE_EVICTION],
    ['a few operations', FEW],
  ])('finds positions left as in the text after %s', async (_what, operations) => {
    const answer = await askOracle({ ...questionTo(loaded), operations, throughSequence: keepingTextPositions });
    expect(answer.kl).toBeGreaterThan(WRONG);
    // Nothing but the positions is wrong.
    expect(answer).toMatchObject({ misplaced: 0, decodedAgain: 0 });
  });

  it('finds a single key that was not rotated', async () => {
    const answer = await askOracle({ ...questionTo(loaded), operations: ONE_EVICTION, throughSequence: oneKeyNotRotated });
    expect(answer.kl).toBeGreaterThan(WRONG);
    expect(answer).toMatchObject({ misplaced: 0, decodedAgain: 0 });
  });
});

describe('a model with more than one layer', () => {
  it('has no oracle: what was evicted lives on in what came after it', async () => {
    const loaded = await loadZooModel('llama', { layers: 3 });
    const answer = await askOracle({ ...questionTo(loaded), operations: ONE_EVICTION });
    expect(answer.kl).toBeGreaterThan(WRONG);
    await loaded.dispose();
  });
});

describe('shifting', () => {
  it.each(['llama-yarn', 'llama-attention-factor'] as const)('shows that %s cannot shift, were it tried', async (name) => {
    const loaded = await loadZooModel(name, { layers: 3 });
    const claiming = { ...loaded, facts: { ...loaded.facts, canShift: true } };
    const results = await casesOf(name, claiming, 3, { operations: 1, seed: 1 });
    expect(results).toHaveLength(4);
    // Keys that are multiplied often enough end in no number at all.
    for (const { kl } of results) expect(kl).not.toBeLessThanOrEqual(5e-3);
    await loaded.dispose();
  });
});
