import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StreamingArm } from '../../../src/bench/arms/streaming-arm.ts';
import type { TurnCost } from '../../../src/bench/arms/chat-arm.ts';
import type { LoadedModel } from '../../../src/engine/model/loaded-model.ts';
import { loadBundledModel } from '../bundled-model.ts';

const WINDOW = 256;
let loaded: LoadedModel;
beforeAll(async () => {
  loaded = await loadBundledModel(WINDOW);
});
afterAll(() => loaded.dispose());

async function converse(model: LoadedModel): Promise<readonly TurnCost[]> {
  const arm = new StreamingArm(model, 16);
  await arm.begin('You are Endless.');
  const turns: TurnCost[] = [];
  for (let turn = 1; turn <= 20; turn++) turns.push(await arm.turn(`What does function number ${String(turn)} do with its list?`));
  return turns;
}

const decodedAgain = (turns: readonly TurnCost[]): readonly TurnCost[] => turns.filter(({ decoded, newTokens }) => decoded !== newTokens);

describe('counting decodes per turn', () => {
  it('finds none too many in a cache that rolls', async () => {
    expect(decodedAgain(await converse(loaded))).toEqual([]);
  });

  it('finds those of a cache that is computed anew', async () => {
    const unable = { ...loaded, facts: { ...loaded.facts, canShift: false } };
    const again = decodedAgain(await converse(unable));
    expect(again.length).toBeGreaterThan(0);
    for (const { decoded, newTokens } of again) expect(decoded).toBeGreaterThan(newTokens);
  });

  it('begins anew with an empty conversation', async () => {
    const arm = new StreamingArm(loaded, 16);
    await arm.begin('You are Endless.');
    const first = await arm.turn('Write a test.');
    await arm.begin('You are Endless.');
    const again = await arm.turn('Write a test.');
    expect([again.used, again.newTokens, again.decoded]).toEqual([first.used, first.newTokens, first.decoded]);
  });
});
