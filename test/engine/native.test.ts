import type { Token } from 'node-llama-cpp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { distributionAfter, divergence } from '../../src/engine/cache/distribution.ts';
import { closeGap, dropFirstTokens, openGap } from '../../src/engine/cache/native.ts';
import { shiftDivergence, shiftDrift } from '../../src/engine/cache/shift-drift.ts';
import type { LoadedModel } from '../../src/engine/model/loaded-model.ts';
import { loadBundledModel } from './bundled-model.ts';

let loaded: LoadedModel;
beforeAll(async () => {
  loaded = await loadBundledModel(256);
});
afterAll(() => loaded.dispose());
beforeEach(() => loaded.sequence.clearHistory());

const text = (): Token[] => loaded.model.tokenize('function add(a, b) {\n  return a + b;\n}\n'.repeat(3));

/**
 * What rounding alone may change. Weights of eight bits multiply activations that are rounded to eight bits too, so the
 * last bit of a rotated key shows.
 */
const ROUNDING = 5e-4;

describe('what is relied on of the library within', () => {
  it('drops the first tokens without evaluating the rest again', async () => {
    const tokens = text();
    await loaded.sequence.evaluateWithoutGeneratingNewTokens(tokens);
    const before = loaded.decodes.decoded;
    dropFirstTokens(loaded.sequence, 5);
    expect(loaded.sequence.contextTokens).toEqual(tokens.slice(5));
    expect(loaded.sequence.nextTokenIndex).toBe(tokens.length - 5);
    await distributionAfter(loaded.sequence, tokens[0] as Token);
    expect(loaded.decodes.decoded - before).toBe(1);
  });

  it('opens a gap and closes it again without evaluating anything', async () => {
    const tokens = text();
    await loaded.sequence.evaluateWithoutGeneratingNewTokens(tokens);
    const before = loaded.decodes.decoded;
    openGap(loaded.sequence, 4, 16);
    expect(loaded.sequence.nextTokenIndex).toBe(tokens.length + 16);
    closeGap(loaded.sequence, 4, 16);
    expect(loaded.sequence.contextTokens).toEqual(tokens);
    expect(loaded.decodes.decoded).toBe(before);
  });

  it('changes the distribution while the gap is open: the keys really move', async () => {
    const tokens = text();
    await loaded.sequence.evaluateWithoutGeneratingNewTokens(tokens);
    const probe = tokens[0] as Token;
    const before = await distributionAfter(loaded.sequence, probe);
    openGap(loaded.sequence, tokens.length - 6, 16);
    expect(divergence(before, await distributionAfter(loaded.sequence, probe))).toBeGreaterThan(10 * ROUNDING);
  });
});

describe('shifting the keys of the bundled model', () => {
  it('all by the same distance changes nothing', async () => {
    expect(await shiftDivergence(loaded.sequence, text(), 16)).toBeLessThan(ROUNDING);
  });

  it('there and back changes nothing', async () => {
    expect(await shiftDrift(loaded.sequence, text(), { distance: 16, rounds: 1 })).toBeLessThan(ROUNDING);
  });

  it('64 times there and back changes no more than once does', async () => {
    expect(await shiftDrift(loaded.sequence, text(), { distance: 16, rounds: 64 })).toBeLessThan(ROUNDING);
  });
});
