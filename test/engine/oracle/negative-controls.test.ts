import type { Token } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { casesOf, ROLLINGS, type CaseResult } from '../../../src/bench/oracle/model-cases.ts';
import type { Operation } from '../../../src/bench/oracle/operations.ts';
import { askOracle } from '../../../src/bench/oracle/oracle.ts';
import type { ArchitectureName } from '../../../src/bench/zoo/architectures.ts';
import { distributionAfter, divergence } from '../../../src/engine/cache/distribution.ts';
import type { LoadedModel } from '../../../src/engine/model/loaded-model.ts';
import { droppedOneShort, firstKeyLeftBehind, keepingTextPositions, oneKeyNotRotated } from './broken-sequences.ts';
import { ABLE, EXACT, FEW_LEFT, loadZooModel, ONE_EVICTION, questionTo, WRONG } from './zoo-model.ts';

/** So few tokens that the positions in the text stay within the context. */
const FEW: readonly Operation[] = [
  { kind: 'append', tokens: 30 },
  { kind: 'append', tokens: 40 },
  { kind: 'forget', turn: 0 },
  { kind: 'generate', entering: 8, tokens: 12 },
  { kind: 'append', tokens: 20 },
  { kind: 'cut', tokens: 7 },
  { kind: 'makeRoomAhead', tokens: 30 },
  { kind: 'append', tokens: 20 },
];

describe.each(ABLE)('the oracle, asked about %s', (name) => {
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
    const answer = await askOracle({ ...questionTo(loaded), operations: FEW_LEFT, throughSequence: oneKeyNotRotated });
    expect(answer.kl).toBeGreaterThan(WRONG);
    expect(answer).toMatchObject({ misplaced: 0, decodedAgain: 0 });
  });
});

describe.each(ABLE)('the oracle, asked about %s rolling from its first token on', (name) => {
  let loaded: LoadedModel;
  beforeAll(async () => {
    loaded = await loadZooModel(name);
  });
  afterAll(() => loaded.dispose());

  it.each([
    ['the first key was left behind', firstKeyLeftBehind],
    ['the keys stopped one position short', droppedOneShort],
  ])('finds that %s', async (_fault, throughSequence) => {
    const question = { ...questionTo(loaded), rolling: ROLLINGS[1]!, operations: FEW_LEFT };
    expect((await askOracle(question)).kl).toBeLessThanOrEqual(EXACT);
    const answer = await askOracle({ ...question, throughSequence });
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
  const findingsAbout = async (name: ArchitectureName, layers: number): Promise<readonly CaseResult[]> => {
    const loaded = await loadZooModel(name, { layers });
    const claiming = { ...loaded, facts: { ...loaded.facts, canShift: true } };
    const results = await casesOf(name, claiming, layers, { operations: 1, seed: 1 });
    await loaded.dispose();
    expect(results.map((result) => result.case)).toEqual(['moved', 'drift 1', 'drift 16', 'drift 64'].map((way) => `${name}, ${way}`));
    return results;
  };

  it.each(['llama-yarn', 'llama-attention-factor'] as const)('shows that %s cannot shift, were it tried', async (name) => {
    // Keys that are multiplied often enough end in no number at all.
    for (const { kl } of await findingsAbout(name, 3)) expect(kl).not.toBeLessThanOrEqual(5e-3);
  });

  it.each([
    ['smollm3', 4],
    ['gpt2', 3],
  ] as const)('shows that %s cannot, one way: the way back undoes it', async (name, layers) => {
    const [moved, ...drifts] = await findingsAbout(name, layers);
    expect(moved?.kl).toBeGreaterThan(1e-3);
    for (const { kl } of drifts) expect(kl).toBeLessThanOrEqual(EXACT);
  });
});

describe('YaRN that a model was not trained with', () => {
  it('is left out in a window that needs none: the model says what it says without', async () => {
    const saidBy = async (name: ArchitectureName): Promise<ReadonlyMap<Token, number>> => {
      const { sequence, model, dispose } = await loadZooModel(name, { layers: 3 });
      const [first = 0 as Token, ...text] = model.tokenize('What follows depends on where this stands.');
      await sequence.evaluateWithoutGeneratingNewTokens(text);
      const distribution = await distributionAfter(sequence, first);
      await dispose();
      return distribution;
    };
    expect(divergence(await saidBy('qwen2'), await saidBy('qwen2-yarn'))).toBe(0);
  });
});
