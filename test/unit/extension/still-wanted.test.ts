import { expect, it } from 'vitest';
import { isStillWanted } from '../../../src/extension/models/still-wanted.ts';

it.each([
  ['no model is chosen', '', '', true],
  ['the one from when it began was taken back', '/before.gguf', '', true],
  ['the same is chosen as when it began', '/before.gguf', '/before.gguf', true],
  ['another one was chosen meanwhile', '/before.gguf', '/other.gguf', false],
  ['one was chosen where there was none', '', 'bundled', false],
])('a model that has come in, where %s', (_what, choice, chosen, isWanted) => {
  expect(isStillWanted({ choice, purpose: 'chat' }, chosen)).toBe(isWanted);
});

it('completions that share the model of the chat by now go on with that', () => {
  expect(isStillWanted({ choice: '/before.gguf', purpose: 'completions' }, '')).toBe(false);
  expect(isStillWanted({ choice: '', purpose: 'completions' }, '')).toBe(true);
});
