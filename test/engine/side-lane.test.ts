import type { Token } from 'node-llama-cpp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { distributionAfter, divergence } from '../../src/engine/cache/distribution.ts';
import type { Eviction } from '../../src/engine/cache/cache-listener.ts';
import { KvCache } from '../../src/engine/cache/kv-cache.ts';
import { streamingPolicy } from '../../src/engine/cache/policy.ts';
import { openDialogue } from '../../src/engine/conversation/open-dialogue.ts';
import type { LoadedModel } from '../../src/engine/model/loaded-model.ts';
import { loadBundledModel, testSettings } from './bundled-model.ts';

const CAPACITY = 200;
const RESERVE = 55;
const greedy = { temperature: 0 };
/** What rounding may change in the distribution of the next token, in nats. */
const ROUNDING = 1e-5;

let loaded: LoadedModel;
let evictions: Eviction[];
let cache: KvCache;

beforeAll(async () => {
  loaded = await loadBundledModel(CAPACITY + RESERVE);
});
afterAll(() => loaded.dispose());

const tokens = (count: number, from = 0): Token[] => Array.from({ length: count }, (_, at) => (300 + from + at) as Token);
const inNativeCache = (): Token[] => [...loaded.sequence.contextTokens];
const probe = 320 as Token;

beforeEach(async () => {
  evictions = [];
  await loaded.sequence.clearHistory();
  const options = { capacity: CAPACITY, policy: streamingPolicy(16), decodes: loaded.decodes, ahead: 0 };
  cache = new KvCache(loaded.sequence, options, { onEviction: (eviction) => evictions.push(eviction) });
  cache.open({ kind: 'sink', header: 8 });
  await cache.append(tokens(8));
  // The window rolls, and is full in the end.
  for (let turnId = 1; turnId <= 6; turnId++) {
    cache.open({ kind: 'turn', turnId, header: 2 });
    await cache.append(tokens(48, turnId * 50));
  }
  evictions = [];
});

async function ask(count: number, most: number, from = 0, signal?: AbortSignal): Promise<readonly Token[]> {
  const said: Token[] = [];
  for await (const token of cache.aside(tokens(count, from), most, greedy, signal && { signal })) said.push(token);
  return said;
}

describe('beside a conversation whose window is full', () => {
  it('fifty requests leave no trace: nothing is evicted, and what comes next is as probable as before', async () => {
    expect(cache.layout.used).toBeGreaterThan(CAPACITY - 50);
    const [held, appended] = [inNativeCache(), cache.appendedTokens];
    const before = await distributionAfter(loaded.sequence, probe);
    for (let request = 0; request < 50; request++) {
      expect((await ask(30, 20, request * 7)).length).toBeGreaterThan(0);
    }
    expect(divergence(before, await distributionAfter(loaded.sequence, probe))).toBeLessThanOrEqual(ROUNDING);
    expect(inNativeCache()).toEqual(held);
    expect(evictions).toEqual([]);
    expect([cache.appendedTokens, cache.decodedTokens]).toEqual([appended, appended + 2]);
  });

  it('the model knows the conversation', async () => {
    const beside = await ask(10, 8);
    const own = new KvCache(loaded.sequence, { capacity: CAPACITY, policy: streamingPolicy(16), decodes: loaded.decodes, ahead: 0 });
    await loaded.sequence.clearHistory();
    own.open({ kind: 'turn', turnId: 1, header: 0 });
    const alone: Token[] = [];
    for await (const token of own.generate(tokens(10), greedy)) {
      alone.push(token);
      if (alone.length === 8) break;
    }
    expect(beside).not.toEqual(alone);
  });

  it('a request that does not fit is refused before anything is evaluated', async () => {
    const decoded = loaded.decodes.decoded;
    await expect(ask(loaded.context.contextSize - CAPACITY, 60)).rejects.toMatchObject({ code: 'message-too-long' });
    expect(loaded.decodes.decoded).toBe(decoded);
  });

  it('one that is stopped while it is read, or while it is answered, leaves none either', async () => {
    const held = inNativeCache();
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await expect(ask(30, 20, 0, stop.signal)).rejects.toThrow('stopped');
    expect(inNativeCache()).toEqual(held);
    const later = new AbortController();
    for await (const token of cache.aside(tokens(30), 20, greedy, { signal: later.signal })) if (token) later.abort();
    expect(inNativeCache()).toEqual(held);
  });

  it('the conversation goes on and rolls as if nothing had been', async () => {
    await ask(30, 20);
    cache.open({ kind: 'turn', turnId: 7, header: 2 });
    await cache.append(tokens(48, 400));
    expect(evictions).toHaveLength(1);
    expect(inNativeCache().slice(-48)).toEqual(tokens(48, 400));
    expect(cache.layout.used).toBe(inNativeCache().length);
  });
});

describe('a dialogue', () => {
  it('answers beside itself, and knows nothing of it afterwards', async () => {
    const dialogue = await openDialogue(loaded, 'You are Endless.');
    const options = { sampling: { ...testSettings(), temperature: 0, maxAnswerTokens: 16 }, signal: new AbortController().signal };
    const pieces = dialogue.answer(1, 'What does map do?', options);
    while (!(await pieces.next()).done);
    await dialogue.settle();
    const held = inNativeCache();
    let text = '';
    for await (const piece of dialogue.aside('What does filter do?', options)) text += piece;
    expect(text).not.toBe('');
    expect(inNativeCache()).toEqual(held);
  });
});
