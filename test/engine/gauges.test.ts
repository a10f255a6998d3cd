import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellsProbability } from '../../src/engine/cache/decoder.ts';
import { openDialogue } from '../../src/engine/conversation/open-dialogue.ts';
import { Surprise } from '../../src/engine/conversation/surprise.ts';
import type { Sampling } from '../../src/engine/conversation/sampling.ts';
import type { LoadedModel } from '../../src/engine/model/loaded-model.ts';
import { loadBundledModel, testSettings } from './bundled-model.ts';
import { ADDRESS, EnginePlace, Participant } from './engine-process.ts';

const WARM = { temperature: 0.7, topK: 40, topP: 0.95, minP: 0.05, repeatPenalty: 1, maxAnswerTokens: 24 };

describe('with a model', () => {
  let loaded: LoadedModel;
  beforeAll(async () => {
    loaded = await loadBundledModel(256);
  });
  afterAll(() => loaded.dispose());

  /** How probable the tokens of an answer were, and how many there were. */
  async function drawn(sampling: Partial<Sampling>): Promise<{ readonly told: readonly number[]; readonly answerTokens: number }> {
    const dialogue = await openDialogue(loaded, 'You are Endless.');
    const told: number[] = [];
    const options = { sampling: { ...testSettings(), ...WARM, ...sampling }, signal: new AbortController().signal };
    const pieces = dialogue.answer(1, 'Write a function', { ...options, onDrawn: (probability) => told.push(probability) });
    for (;;) {
      const piece = await pieces.next();
      if (piece.done) return { told, answerTokens: piece.value.answerTokens };
    }
  }

  function perplexity(told: readonly number[]): number {
    const surprise = new Surprise();
    for (const probability of told) surprise.add(probability);
    return surprise.perplexity ?? NaN;
  }

  it('every token of an answer has a probability', async () => {
    const { told, answerTokens } = await drawn({});
    // The token that ends the answer is drawn, too.
    expect([answerTokens, answerTokens + 1]).toContain(told.length);
    expect(told.every((probability) => probability > 0 && probability <= 1.001)).toBe(true);
  });

  it('its perplexity is a number from 1 on', async () => {
    const value = perplexity((await drawn({ temperature: 1 })).told);
    expect(Number.isFinite(value)).toBe(true);
    expect(value).toBeGreaterThan(1);
  });

  it('it is about 1 where only one token can be drawn', async () => {
    expect(perplexity((await drawn({ topK: 1 })).told)).toBeCloseTo(1, 3);
  });

  it('the flatter the choice, the larger it is', async () => {
    expect(perplexity((await drawn({ temperature: 2, minP: 0, topP: 1 })).told)).toBeGreaterThan(
      perplexity((await drawn({ temperature: 0.1 })).told),
    );
  });

  it('nothing is told where the whole vocabulary would have to be sorted for it', async () => {
    expect((await drawn({ temperature: 0 })).told).toEqual([]);
    expect(tellsProbability({ temperature: 0.7, topK: 0, topP: 1 })).toBe(false);
  });

  it('the bytes of the cache are those that the native state has', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'endless-state-'));
    const { sequence, model, context, memory } = loaded;
    const stateBytes = async (tokens: number): Promise<number> => {
      await sequence.clearHistory();
      await sequence.evaluateWithoutGeneratingNewTokens(model.tokenize('let a; '.repeat(tokens)).slice(0, tokens));
      await sequence.saveStateToFile(join(folder, String(tokens)));
      return statSync(join(folder, String(tokens))).size;
    };
    const ofOneToken = ((await stateBytes(200)) - (await stateBytes(100))) / 100;
    const claimed = (memory.reading.kvBytes ?? NaN) / context.contextSize;
    // Beside its keys and values a cell has a position and a token.
    expect(ofOneToken / claimed).toBeGreaterThanOrEqual(1);
    expect(ofOneToken / claimed).toBeLessThan(1.02);
    rmSync(folder, { recursive: true });
  });
});

describe('an engine', () => {
  it('tells what it takes, and what was measured of every answer, also the next one of the same conversation', async () => {
    const place = new EnginePlace();
    const user = new Participant(await place.connect());
    await user.open();
    expect((await user.connection.request('samples', { address: ADDRESS, since: 0 })).samples).toEqual([]);
    const turns = [await user.ask('What does map do?', WARM), await user.ask('And filter?', WARM)];
    const { samples } = await user.connection.request('samples', { address: ADDRESS, since: 0 });
    expect(samples.map(({ turnId }) => turnId)).toEqual(turns.map(({ id }) => id));
    for (const [at, sample] of samples.entries()) {
      expect(sample).toMatchObject({ tokensPerSecond: turns[at]!.stats!.tokensPerSecond, firstTokenMs: turns[at]!.stats!.firstTokenMs });
      expect(sample.perplexity).toBeGreaterThanOrEqual(1);
      expect(sample.processBytes).toBeGreaterThan(10_000_000);
      expect(sample.promptTokensPerSecond).toBeGreaterThan(0);
    }
    // What is told meanwhile may be from before the answer.
    await user.open();
    expect(user.status?.memory?.kvBytes).toBeGreaterThan(0);
    expect(user.status?.stats.promptTokensPerSecond).toBeGreaterThan(0);
    expect((await user.connection.request('samples', { address: ADDRESS, since: samples[1]!.at + 1 })).samples).toEqual([]);
    user.connection.close();
    await place.close();
  });
});
