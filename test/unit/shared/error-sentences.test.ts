import { describe, expect, it } from 'vitest';
import { actionLabel, describeError, type Localizer } from '../../../src/shared/error-sentences.ts';
import { ERROR_CODES } from '../../../src/shared/errors.ts';
import { ACTIONS } from '../../../src/shared/view-messages.ts';

const english: Localizer = {
  t: (message: string, args: Record<string, string | number> = {}) =>
    message.replace(/\{(\w+)\}/g, (hole, name: string) => String(args[name] ?? hole)),
};

describe.each(ERROR_CODES)('%s', (code) => {
  it.each([
    {},
    {
      path: '/m/a.gguf',
      folder: '/m',
      tokens: 900,
      window: 512,
      architecture: 'mamba',
      platform: 'linux-arm64',
      message: 'x',
      exitCode: 1,
      host: 'Hub.test',
      seconds: 90,
      status: 503,
      needed: 5e9,
      free: 1e9,
      complaint: '404 Not Found',
    },
  ])('is told in whole sentences, with a button, given %j', (args) => {
    const { sentence, actions } = describeError(english, { code, args });
    expect(sentence).toMatch(/^[/A-Z].+\.$/s);
    expect(sentence).not.toMatch(/[{}]|undefined/);
    expect(actions.length).toBeGreaterThan(0);
  });
});

it('names the file and the numbers', () => {
  expect(describeError(english, { code: 'model-not-gguf', args: { path: '/m/readme.txt' } }).sentence).toContain('/m/readme.txt');
  expect(describeError(english, { code: 'message-too-long', args: { tokens: 900, window: 512 } }).sentence).toMatch(/900 .* 512/);
});

it.each([
  ['storage-failed', ['showLog']],
  ['disk-full', ['showLog']],
  ['storage-read-only', ['showLog']],
  ['internal', ['showLog', 'showDiagnostics']],
] as const)('offers no restart of an engine that lives: %s', (code, actions) => {
  expect(describeError(english, { code, args: {} }).actions).toEqual(actions);
});

it('every action has its own label', () => {
  expect(new Set(ACTIONS.map((action) => actionLabel(english, action))).size).toBe(ACTIONS.length);
});
