import { expect, it } from 'vitest';
import { samplingOf } from '../../../../src/extension/language-model/sampling.ts';

it('takes what an extension wants by its usual names', () => {
  expect(samplingOf({ temperature: 0, top_p: 0.5, max_tokens: 64 })).toEqual({ temperature: 0, topP: 0.5, maxAnswerTokens: 64 });
});

it.each([
  [undefined],
  [{}],
  [{ seed: 1, modelPath: '/other.gguf' }],
  [{ temperature: 3, top_p: -1, max_tokens: 0 }],
  [{ temperature: 'hot', top_p: null, max_tokens: 1.5 }],
])('leaves the settings of the user alone with %j', (options) => {
  expect(samplingOf(options)).toEqual({});
});
