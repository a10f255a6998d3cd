import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LibraryArm } from '../../../src/bench/overhead/library-arm.ts';
import { RawArm } from '../../../src/bench/overhead/raw-arm.ts';
import type { LoadedModel } from '../../../src/engine/model/loaded-model.ts';
import { loadBundledModel } from '../bundled-model.ts';

let loaded: LoadedModel;

beforeAll(async () => {
  loaded = await loadBundledModel(256);
});
afterAll(() => loaded.dispose());

describe('the bare loop', () => {
  it('draws what the library draws, answer after answer', async () => {
    const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, penalty: 1.1 };
    const text = loaded.model.tokenize('function add(a, b) {\n  return a + b;\n}\n'.repeat(8));
    await using library = await LibraryArm.open(loaded, sampling, text.slice(0, 40));
    await using raw = await RawArm.open(loaded, sampling, text.slice(0, 40));
    for (const message of [text.slice(40, 60), text.slice(50, 58)]) {
      const { drawn } = await library.answer(message, 24);
      expect(drawn).toHaveLength(24);
      expect((await raw.answer(message, 24)).drawn).toEqual(drawn);
    }
  });
});
