import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoadedModel } from '../../src/engine/model/loaded-model.ts';
import { reserveOf } from '../../src/engine/model/weights.ts';
import { loadBundledModel } from './bundled-model.ts';

describe('what is allocated besides the window', () => {
  let loaded: LoadedModel;
  beforeAll(async () => {
    loaded = await loadBundledModel(256);
  });
  afterAll(() => loaded.dispose());

  it('is a quarter of it, so that something can be asked beside a conversation that fills it', () => {
    expect(loaded.facts.window).toBe(256);
    expect(loaded.context.contextSize).toBeGreaterThanOrEqual(256 + 64 + 1);
  });

  it.each([
    [1000, 0, 250],
    [1000, 4000, 250],
    [1000, 1100, 100],
    [1000, 1000, 0],
    [1000, 512, 0],
  ])('for a window of %i tokens of a model trained on %i is %i', (window, trainedContext, reserve) => {
    expect(reserveOf(window, { trainedContext })).toBe(reserve);
  });
});
