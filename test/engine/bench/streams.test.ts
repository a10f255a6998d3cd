import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openArmCache, policyNamed } from '../../../src/bench/scoring/arm-cache.ts';
import { QuestionRounds } from '../../../src/bench/scoring/question-rounds.ts';
import { runRegisters } from '../../../src/bench/scoring/register-run.ts';
import type { LoadedModel } from '../../../src/engine/model/loaded-model.ts';
import { loadBundledModel } from '../bundled-model.ts';

let loaded: LoadedModel;

beforeAll(async () => {
  loaded = await loadBundledModel(256);
});
afterAll(() => loaded.dispose());

describe('StreamEval', () => {
  const run = (distance: number, policy: 'streaming' | 'window' = 'streaming') =>
    runRegisters(loaded, { policy, window: 256, sinks: policy === 'streaming' ? 4 : 0, chunk: 32, distance }, 6);

  it('knows of near lines that they are in the cache', async () => {
    expect(await run(2)).toMatchObject({ samples: 6, inCache: 6, gone: 0 });
  });

  it('knows of far lines that they have left it, and decodes nothing twice', async () => {
    for (const policy of ['streaming', 'window'] as const) {
      const { inCache, gone, appended, decoded, distanceTokens } = await run(20, policy);
      expect({ inCache, gone, decoded }).toEqual({ inCache: 0, gone: 6, decoded: appended });
      expect(distanceTokens).toBeGreaterThan(256);
    }
  });
});

describe('a question with choices', () => {
  const question = { question: 'What is ice?', choices: ['Frozen water', 'Cold glass', 'Hard salt'], answer: 0 };

  it('is answered alike however often it is put alone', async () => {
    const { cache, dispose } = await openArmCache(loaded, policyNamed('streaming', 32), 256);
    const rounds = await QuestionRounds.begin(loaded, cache, 'Answer.');
    const first = await rounds.ask(question);
    await rounds.forget();
    const { used } = cache.layout;
    const second = await rounds.ask(question);
    await rounds.forget();
    expect(second.right).toBe(first.right);
    expect(second.rightLogProbability).toBeCloseTo(first.rightLogProbability, 4);
    expect(cache.layout.used).toBe(used);
    await dispose();
  });

  it('leaves in the stream the message and the choice that was made, and nothing of the others', async () => {
    const { cache, dispose } = await openArmCache(loaded, policyNamed('streaming', 32), 256);
    const rounds = await QuestionRounds.begin(loaded, cache, 'Answer.');
    for (let count = 0; count < 3; count++) await rounds.ask(question);
    expect(cache.layout.used).toBe(rounds.textTokens);
    expect(cache.layout.segments.map(({ kind }) => kind)).toEqual(['sink', 'turn', 'turn', 'turn']);
    for (let count = 0; count < 40; count++) await rounds.ask(question);
    expect(rounds.textTokens).toBeGreaterThan(2 * 256);
    expect(cache.layout.used).toBeLessThanOrEqual(256);
    await dispose();
  });
});
