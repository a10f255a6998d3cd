import { describe, expect, test } from 'vitest';
import { statusText } from '../../../src/extension/status/status-text.ts';
import type { Localizer } from '../../../src/shared/error-sentences.ts';
import type { Activity, Status } from '../../../src/shared/protocol/status.ts';

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
  test.each([
    [{ kind: 'idle' }, 0, '$(comment-discussion) Endless'],
    [{ kind: 'idle' }, 37.6, '$(comment-discussion) Endless 38 tok/s'],
    [{ kind: 'waiting', ahead: 2 }, 38, '$(loading~spin) Endless'],
    [{ kind: 'loading', fraction: 0.426 }, 0, '$(loading~spin) Endless 43 %'],
    [{ kind: 'restoring', done: 5, total: 9 }, 0, '$(loading~spin) Endless 5/9'],
    [{ kind: 'rebuilding', done: 1, total: 4 }, 38, '$(loading~spin) Endless 1/4'],
    [{ kind: 'prefill', turnId: 1, done: 300, total: 1000 }, 38, '$(loading~spin) Endless 300/1000'],
    [{ kind: 'generating', turnId: 1 }, 38, '$(loading~spin) Endless 38 tok/s'],
    [{ kind: 'aside' }, 38, '$(loading~spin) Endless'],
  ] as const)('shows %j at %d tok/s', (activity, speed, text) => {
    const said = statusText(english, { modelPath, engine: ready, status: status(activity, speed) });
    expect(said.text).toBe(text);
    expect(said.menu).toEqual(['showCache', 'chooseModel', 'openSettings', 'showDiagnostics']);
  });

  const crashed = { kind: 'failed', error: { code: 'engine-crashed', args: {} } } as const;
  test.each([
    ['no model', '', ready, '$(circle-slash) Endless', /No model/, ['chooseModel', 'tryBundledModel']],
    ['nothing asked for', modelPath, { kind: 'idle' }, '$(comment-discussion) Endless', /open the chat/, undefined],
    ['a start', modelPath, { kind: 'connecting' }, '$(loading~spin) Endless', /Connecting/, ['showLog', 'showDiagnostics']],
    ['a start after a crash', modelPath, { kind: 'restarting' }, '$(loading~spin) Endless', /crashed/, ['showLog', 'showDiagnostics']],
    ['a failure', modelPath, crashed, '$(error) Endless', /does not run/, ['restartEngine', 'showLog', 'showDiagnostics']],
  ] as const)('says what there is with %s, and offers what can be done', (_what, path, engine, text, tooltip, menu) => {
    const said = statusText(english, { modelPath: path, engine, status: undefined });
    expect(said.text).toBe(text);
    expect(said.tooltip).toMatch(tooltip);
    if (menu) expect(said.menu).toEqual(menu);
    expect(said.menu.length).toBeGreaterThan(0);
  });

  test('says that the memory was given back, and what brings the model back', () => {
    const freed = { ...status({ kind: 'idle' }, 38), freed: { reason: 'idle', at: 0 } } as const;
    const { text, tooltip } = statusText(english, { modelPath, engine: ready, status: freed });
    expect(text).toBe('$(debug-disconnect) Endless');
    expect(tooltip).toContain('The next message loads it again, with the conversation as it was.');
  });

  test('says under the pointer what is smaller than wished, and why', () => {
    const contexts = [{ role: 'completion', tokens: 512, wished: 2048, limit: 'memory' }] as const;
    const { tooltip } = statusText(english, { modelPath, engine: ready, status: { ...status({ kind: 'idle' }), contexts: [...contexts] } });
    expect(tooltip).toContain('Completions see 512 tokens, since the memory has no room for more; 2048 were wished for.');
  });

  test('names the server that text goes to, whatever the engine does', () => {
    const onServer = 'http://gpu:8080/v1#org/qwen';
    const facts = { host: 'gpu:8080', model: 'org/qwen', software: 'vllm', window: 8192 } as const;
    const told = { isWindowTold: true, countsTokens: true, isReadable: true };
    expect(statusText(english, { modelPath: onServer, engine: { kind: 'idle' }, status: undefined }).text).toContain('Endless → gpu:8080');
    const idle = status({ kind: 'idle' }, 38);
    const sent = { ...idle, cache: { ...idle.cache!, strategy: 'resend' as const }, server: { ...facts, ...told } };
    expect(statusText(english, { modelPath: onServer, engine: ready, status: sent })).toMatchObject({
      text: '$(comment-discussion) Endless → gpu:8080 38 tok/s',
      tooltip:
        'qwen (gpu:8080)\nYour text goes to gpu:8080\nSent with every message: 7200 of 8192 tokens\nToday: 214380 tokens, 206000 evicted',
    });
  });

  test('has the figures under the pointer', () => {
    expect(statusText(english, { modelPath, engine: ready, status: status({ kind: 'idle' }) }).tooltip).toBe(
      'a.gguf\nCache: 7200 of 8192 tokens\nToday: 214380 tokens, 206000 evicted',
    );
  });
});
