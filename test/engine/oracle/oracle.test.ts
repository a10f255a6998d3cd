import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { casesOf, ROLLINGS } from '../../../src/bench/oracle/model-cases.ts';
import { operationSequences } from '../../../src/bench/oracle/operations.ts';
import { askOracle } from '../../../src/bench/oracle/oracle.ts';
import { rebasePolicy } from '../../../src/engine/cache/policy.ts';
import { ABLE, EXACT, loadZooModel, questionTo, UNABLE } from './zoo-model.ts';

/** Other ones than the measuring program has, and always the same. */
const SEED = 20_260_101;

describe.each(ABLE)('the cache of %s', (name) => {
  it.each(ROLLINGS.map((rolling) => ({ policy: rolling.policy.name, rolling })))(
    'is exact whatever happens: $policy',
    async ({ rolling }) => {
      const loaded = await loadZooModel(name);
      expect(loaded.facts.canShift).toBe(true);
      const exact = fc.asyncProperty(operationSequences(40), async (operations) => {
        const answer = await askOracle({ ...questionTo(loaded), rolling, operations });
        expect(answer.kl).toBeLessThanOrEqual(EXACT);
        expect(answer).toMatchObject({ misplaced: 0, decodedAgain: 0 });
      });
      await fc.assert(exact, { numRuns: 4, seed: SEED });
      await loaded.dispose();
    },
  );
});

describe.each(UNABLE)('the cache of $name', ({ name, obstacle }) => {
  it(`never shifts: ${obstacle}`, async () => {
    const loaded = await loadZooModel(name);
    const results = await casesOf(name, loaded, 1, { operations: 40, seed: SEED });
    expect(results).toEqual([{ case: name, supported: false, reason: obstacle, kl: null }]);
    await loaded.dispose();
  });

  it.each([
    ['some stay', { sinks: 4, header: 2, answerHeader: 3 }],
    ['none stay, and it may become empty', { sinks: 0, header: 0, answerHeader: 0 }],
  ])('is exact when it is computed anew after an eviction: of its first tokens %s', async (_what, kept) => {
    const loaded = await loadZooModel(name);
    const exact = fc.asyncProperty(operationSequences(40), async (operations) => {
      const answer = await askOracle({ ...questionTo(loaded), rolling: { policy: rebasePolicy(16), ...kept }, operations });
      expect(answer.kl).toBeLessThanOrEqual(EXACT);
      expect(answer.misplaced).toBe(0);
    });
    await fc.assert(exact, { numRuns: 4, seed: SEED });
    await loaded.dispose();
  });
});
