import { expect, test } from 'vitest';
import { stageText } from '../../../src/extension/status/stage-text.ts';
import type { RequestStage } from '../../../src/shared/protocol/requests.ts';

const english = {
  t: (message: string, args: Record<string, string | number> = {}) =>
    message.replace(/\{(\w+)\}/g, (hole, name: string) => String(args[name] ?? hole)),
};

test.each<[RequestStage, string]>([
  [{ kind: 'waiting' }, 'waiting for the model…'],
  [{ kind: 'loading', fraction: 0.256 }, 'loading the model, 26 %'],
  [{ kind: 'prefill', done: 500, total: 1000 }, 'reading, 500 of 1000 tokens'],
  [{ kind: 'generating' }, 'writing…'],
])('%j is told in a few words', (stage, text) => {
  expect(stageText(english, stage)).toBe(text);
});
