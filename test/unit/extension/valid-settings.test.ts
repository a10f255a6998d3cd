import { describe, expect, test } from 'vitest';
import { validSettings } from '../../../src/extension/engine/valid-settings.ts';
import { EngineSettingsSchema } from '../../../src/shared/protocol/engine-settings.ts';
import { DEFAULT_SETTINGS, engineSettings } from '../../../src/shared/settings.ts';

const { entries } = EngineSettingsSchema;
const defaults = engineSettings(DEFAULT_SETTINGS);

describe('settings written by hand', () => {
  test('are taken as they are when the engine accepts them', () => {
    const wished = { ...defaults, window: 512, temperature: 0 };
    expect(validSettings(entries, wished, defaults)).toEqual({ settings: wished, replaced: [] });
  });

  test.each([
    ['window', 'large'],
    ['window', 8],
    ['window', 512.5],
    ['gpu', 'both'],
    ['threads', -1],
    ['systemPrompt', null],
    ['temperature', 3],
    ['modelPath', undefined],
  ] as const)('are replaced one by one: %s = %j', (name, value) => {
    const { settings, replaced } = validSettings(entries, { ...defaults, topK: 7, [name]: value }, defaults);
    expect(replaced).toEqual([name]);
    expect(settings).toEqual({ ...defaults, topK: 7 });
  });
});
