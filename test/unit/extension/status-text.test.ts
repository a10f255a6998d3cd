import { describe, expect, test } from 'vitest';
import { statusText } from '../../../src/extension/status/status-text.ts';
import type { Localizer } from '../../../src/shared/error-sentences.ts';
import type { Activity, Status } from '../../../src/shared/protocol.ts';

const english: Localizer = {
  t: (message: string, args: Record<string, string | number> = {}) =>
    message.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(args[name])),
};

const status = (activity: Activity, tokensPerSecond = 0): Status => ({
  activity,
  evictedUpTo: 3,
  section: 0,
  cache: { window: 8192, used: 7200, segments: [], strategy: 'streaming' },
  stats: {
    tokensToday: 214_380,
    evictedToday: 206_000,
    evictionsToday: 12,
    rebuildsToday: 0,
    tokensPerSecond,
    promptTokensPerSecond: 0,
    firstTokenMs: 0,
    appendedTokens: 0,
    decodedTokens: 0,
  },
});

const modelPath = '/models/a.gguf';
const ready = { kind: 'ready' } as const;

describe('the status bar', () => {
  test('does not spin before anything is asked for', () => {
    expect(statusText(english, { modelPath, engine: { kind: 'idle' }, status: undefined }).text).toBe('$(comment-discussion) Endless');
  });

  test('says that no model is chosen, whatever the engine does', () => {
    expect(statusText(english, { modelPath: '', engine: ready, status: undefined }).text).toBe('$(circle-slash) Endless');
  });

  test('shows a failure', () => {
    const engine = { kind: 'failed', error: { code: 'engine-crashed', args: {} } } as const;
    expect(statusText(english, { modelPath, engine, status: undefined }).text).toBe('$(error) Endless');
  });

  test.each([
    [{ kind: 'idle' }, 0, '$(comment-discussion) Endless'],
    [{ kind: 'idle' }, 37.6, '$(comment-discussion) Endless 38 tok/s'],
    [{ kind: 'loading', fraction: 0.426 }, 0, '$(loading~spin) Endless 43 %'],
    [{ kind: 'prefill', turnId: 1, done: 300, total: 1000 }, 38, '$(loading~spin) Endless 300/1000'],
    [{ kind: 'rebuilding', done: 1, total: 4 }, 38, '$(loading~spin) Endless 1/4'],
    [{ kind: 'generating', turnId: 1 }, 38, '$(loading~spin) Endless 38 tok/s'],
    [{ kind: 'aside' }, 38, '$(loading~spin) Endless'],
  ] as const)('shows %j at %d tok/s', (activity, speed, text) => {
    expect(statusText(english, { modelPath, engine: ready, status: status(activity, speed) }).text).toBe(text);
  });

  test('has the figures under the pointer', () => {
    expect(statusText(english, { modelPath, engine: ready, status: status({ kind: 'idle' }) }).tooltip).toBe(
      'a.gguf\nCache: 7200 of 8192 tokens\nToday: 214380 tokens, 206000 evicted',
    );
  });
});
