import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SHAPES, writeShape, type Shape } from '../../../src/bench/models/shapes.ts';
import { ADDRESS, EnginePlace, Participant } from '../engine-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'endless-vocabulary-'));
afterAll(() => rmSync(folder, { recursive: true }));

let place: EnginePlace;
let user: Participant;
beforeEach(async () => {
  place = new EnginePlace();
  user = new Participant(await place.connect());
  await user.open();
});
afterEach(async () => {
  user.connection.close();
  await place.close();
});

/** As many tokens as the model has, and everything else as small as it can be. */
function narrow(shape: Shape): Shape {
  const heads = { heads: 2, kvHeads: 1 };
  return { ...shape, ...heads, layers: 2, width: 64, feedForward: 64 };
}

/** Their headers are longer than the pieces in which a file is checked: each word takes eight bytes and its text. */
const LARGE = ['0.5b', '1b'] as const;

describe('a model with as many tokens as a well-known one', () => {
  it.each(LARGE)('is loaded, answers, and evicts: %s', async (name) => {
    const modelPath = join(folder, `${name}.gguf`);
    await writeShape(narrow(SHAPES[name]), modelPath);
    const settings = { modelPath, window: 512, maxAnswerTokens: 100 };
    for (let turn = 1; turn <= 8; turn++) {
      const { state, error } = await user.askAndSettle('What does map do? '.repeat(5), settings);
      expect({ state, error }).toEqual({ state: 'done', error: undefined });
    }
    const { status } = await user.connection.request('open', { address: ADDRESS, turns: 1 });
    expect(status.model).toMatchObject({ path: modelPath });
    expect(status.stats.evictedToday).toBeGreaterThan(0);
  });
});
