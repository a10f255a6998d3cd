import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelInformation, type ModelLimits } from '../../../../src/extension/language-model/model-information.ts';

const english = { t: (message: string) => message };
const file = { name: 'Coder 7B', architecture: 'qwen2', fileBytes: 1, trainedContext: 32_768, knowsTools: true };
const limits = { requestWindow: 8192, maxAnswerTokens: 0 };
const informationOf = (other: Partial<typeof file>, limit: Partial<ModelLimits>) =>
  modelInformation(english, '/models/coder-7b-q4.gguf', { ...file, ...other }, { ...limits, ...limit });

describe('a model, as VS Code knows it', () => {
  it('is named after the model, and known by its file', () => {
    expect(informationOf({}, {})).toMatchObject({ id: 'coder-7b-q4', name: 'Coder 7B', family: 'qwen2', isUserSelectable: true });
  });

  it('does not claim to be on this machine when it is on a server', () => {
    const { id, detail, tooltip } = modelInformation(english, 'http://gpu:8080/v1#org/qwen', file, limits);
    expect(id).toBe('qwen (gpu:8080)');
    expect([detail, tooltip].join()).toMatch(/On \{host\}.*sent there/);
  });

  it('keeps a quarter of the window for the answer', () => {
    expect(informationOf({}, {})).toMatchObject({ maxInputTokens: 6144, maxOutputTokens: 2048 });
  });

  it('may be asked more where the user wants shorter answers', () => {
    expect(informationOf({}, { maxAnswerTokens: 500 })).toMatchObject({ maxInputTokens: 7692, maxOutputTokens: 500 });
  });

  it('promises no more than the model was trained for, where that is known', () => {
    expect(informationOf({ trainedContext: 2048 }, {})).toMatchObject({ maxInputTokens: 1536, maxOutputTokens: 512 });
    expect(informationOf({ trainedContext: 0 }, {})).toMatchObject({ maxInputTokens: 6144 });
  });

  it.each([
    [16_384, 32_768, true, true],
    [16_383, 32_768, true, false],
    [16_384, 16_383, true, false],
    [16_384, 32_768, false, false],
  ])(
    'calls tools only with room for them, and a template that knows them: %d of %d',
    (requestWindow, trainedContext, knowsTools, calls) => {
      expect(informationOf({ trainedContext, knowsTools }, { requestWindow }).capabilities.toolCalling).toBe(calls);
    },
  );

  it('never promises more than the window, nor nothing', () => {
    const tokens = fc.integer({ min: 256, max: 200_000 });
    fc.assert(
      fc.property(tokens, tokens, fc.nat(200_000), (requestWindow, trainedContext, maxAnswerTokens) => {
        const { maxInputTokens, maxOutputTokens } = informationOf({ trainedContext }, { requestWindow, maxAnswerTokens });
        expect(maxInputTokens + maxOutputTokens).toBe(Math.min(requestWindow, trainedContext));
        expect(Math.min(maxInputTokens, maxOutputTokens)).toBeGreaterThan(0);
      }),
    );
  });
});
