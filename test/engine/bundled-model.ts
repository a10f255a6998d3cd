import { resolve } from 'node:path';
import { loadModel, type LoadedModel } from '../../src/engine/model/loaded-model.ts';
import type { EngineSettings } from '../../src/shared/protocol/engine-settings.ts';
import { DEFAULT_SETTINGS, engineSettings } from '../../src/shared/settings.ts';

export const BUNDLED_MODEL = resolve('models/endless-tiny.gguf');

/** Settings for tests: one thread, always the likeliest token, short answers, nothing recalled. */
export function testSettings(changes: Partial<EngineSettings> = {}): EngineSettings {
  return {
    ...engineSettings(DEFAULT_SETTINGS),
    modelPath: BUNDLED_MODEL,
    window: 256,
    gpu: 'off',
    threads: 1,
    temperature: 0,
    repeatPenalty: 1,
    maxAnswerTokens: 24,
    recallShare: 0,
    ...changes,
  };
}

/** Settings for answers that are not alike and go on until they are stopped, if the engine is a talkative one. */
export const RAMBLING: Partial<EngineSettings> = { temperature: 2, topK: 0, topP: 1, minP: 0, maxAnswerTokens: 0 };

export async function loadBundledModel(window: number): Promise<LoadedModel> {
  return loadModel(testSettings({ window }), { log: () => undefined, onProgress: () => undefined });
}
