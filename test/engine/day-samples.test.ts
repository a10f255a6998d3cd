import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Transcript } from '../../src/engine/memory/transcript.ts';
import type { Sample } from '../../src/shared/protocol/sample.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOON = Date.UTC(2026, 10, 21, 12);

let folder: string;
let transcript: Transcript;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'endless-data-'));
  transcript = Transcript.open(folder, 'demo');
});
afterEach(() => {
  transcript.close();
  rmSync(folder, { recursive: true });
});

const sample = (at: number, changes: Partial<Sample> = {}): Sample => ({
  at,
  turnId: 1,
  tokensPerSecond: 38.5,
  firstTokenMs: 412.25,
  promptTokensPerSecond: 640,
  processBytes: 6_000_000_000,
  gpuBytes: 8_000_000_000,
  perplexity: 1.75,
  ...changes,
});

describe('the samples of the day', () => {
  it('come back as they were, oldest first, over a restart', () => {
    const all = [sample(NOON), sample(NOON + 1, { turnId: 2 })];
    for (const one of all.toReversed()) transcript.samples.add(one);
    transcript.close();
    transcript = Transcript.open(folder, 'demo');
    expect(transcript.samples.since(0)).toEqual(all);
  });

  it('may lack a GPU and a perplexity', () => {
    const { gpuBytes, perplexity, ...rest } = sample(NOON);
    transcript.samples.add(rest);
    expect(transcript.samples.since(0)).toEqual([{ ...rest, gpuBytes: undefined, perplexity: undefined }]);
    expect([gpuBytes, perplexity]).not.toContain(undefined);
  });

  it('are those from a time on', () => {
    for (const at of [NOON, NOON + 10, NOON + 20]) transcript.samples.add(sample(at));
    expect(transcript.samples.since(NOON + 10).map(({ at }) => at)).toEqual([NOON + 10, NOON + 20]);
  });

  it('are kept for a week', () => {
    for (const day of [0, 1, 7, 8]) transcript.samples.add(sample(NOON + day * DAY_MS));
    expect(transcript.samples.since(0).map(({ at }) => (at - NOON) / DAY_MS)).toEqual([1, 7, 8]);
  });
});

describe('the last eviction', () => {
  it('is unknown while nothing was evicted', () => expect(transcript.lastEvictionAt).toBeUndefined());

  it('was when one was recorded last', () => {
    const before = Date.now();
    for (const turnId of [1, 2]) transcript.recordEviction({ tokens: 10, turnIds: [turnId], goneTurnIds: [turnId] });
    expect(transcript.lastEvictionAt).toBeGreaterThanOrEqual(before);
    expect(transcript.lastEvictionAt).toBeLessThanOrEqual(Date.now());
  });
});
