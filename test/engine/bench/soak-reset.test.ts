import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { soakChecks } from '../../../src/bench/soak/results.ts';
import { soak, type SoakPlan } from '../../../src/bench/soak/run.ts';
import { newState, type SoakState } from '../../../src/bench/soak/state.ts';
import type { LoadedModel } from '../../../src/engine/model/loaded-model.ts';
import { loadBundledModel } from '../bundled-model.ts';

const WINDOW = 256;
const SENTENCE = 'return the first entry of the list that is not empty;';

let loaded: LoadedModel;
beforeAll(async () => {
  loaded = await loadBundledModel(WINDOW);
});
afterAll(() => loaded.dispose());

/** Twenty turns whose messages are as large as the given part of the window. */
async function converse(part: number): Promise<SoakState> {
  const sentences = Math.floor((part * WINDOW) / loaded.model.tokenize(SENTENCE).length);
  const plan: SoakPlan = {
    systemPrompt: 'You are Endless.',
    messages: [Array.from({ length: sentences }, () => SENTENCE).join('\n'), SENTENCE],
    maxAnswerTokens: 2,
    turns: 20,
  };
  let state = newState('test');
  for await (state of soak(loaded, plan, state));
  return state;
}

function failsAsReset(state: SoakState): boolean {
  return soakChecks(state, { messages: [] }, 1).some(({ name, holds }) => name.includes('no reset') && !holds);
}

describe('a soak', () => {
  it('finds that something is left whenever the cache has made room', async () => {
    expect(failsAsReset(await converse(3 / 8))).toBe(false);
  });

  it('finds that next to nothing was left when a message came, though the cache is full again when its turn is over', async () => {
    expect(failsAsReset(await converse(3 / 4))).toBe(true);
  });
});
