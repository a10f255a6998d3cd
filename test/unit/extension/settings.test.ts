import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { validSettings } from '../../../src/extension/engine/valid-settings.ts';
import { CompletionSettingsSchema } from '../../../src/shared/protocol/completion.ts';
import { EngineSettingsSchema, PreferencesSchema } from '../../../src/shared/protocol/engine-settings.ts';
import { GenerateParamsSchema } from '../../../src/shared/protocol/generate.ts';
import {
  completionSettings,
  DEFAULT_SETTINGS,
  enginePreferences,
  engineSettings,
  SIDE_COMMANDS,
  type SettingKey,
} from '../../../src/shared/settings.ts';

interface Property {
  readonly type: 'string' | 'boolean' | 'integer' | 'number' | 'array' | 'object';
  readonly default: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly markdownDescription?: string;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly contributes: { readonly configuration: readonly { readonly properties: Readonly<Record<string, Property>> }[] };
};
const declared = Object.entries(
  Object.assign({}, ...manifest.contributes.configuration.map(({ properties }) => properties)) as Record<string, Property>,
).map(([key, property]) => [key.replace(/^endless\./, '') as SettingKey, property] as const);

/** The settings that no group of settings has: `Configuration` reads each by itself. */
const READ_ALONE: Partial<Record<SettingKey, v.GenericSchema>> = {
  'model.hub': v.string(),
  'model.folders': v.array(v.string()),
  'chat.instructions': v.boolean(),
  'commands.knowConversation': v.partial(v.object(v.entriesFromList(SIDE_COMMANDS, v.boolean()))),
  'commands.formatEdits': v.boolean(),
  'requests.window': GenerateParamsSchema.entries.requestWindow,
  'completions.enabled': v.boolean(),
  'completions.exclude': v.array(v.string()),
};

/** Whether the code works by this value, and not by the default in its place. */
function isTaken(key: SettingKey, value: unknown): boolean {
  const alone = READ_ALONE[key];
  if (alone) return v.is(alone, value);
  const settings = { ...DEFAULT_SETTINGS, [key]: value };
  const groups = [
    validSettings(EngineSettingsSchema.entries, engineSettings(settings), engineSettings(DEFAULT_SETTINGS)),
    validSettings(CompletionSettingsSchema.entries, completionSettings(settings), completionSettings(DEFAULT_SETTINGS)),
    validSettings(PreferencesSchema.entries, enginePreferences(settings), enginePreferences(DEFAULT_SETTINGS)),
  ];
  return groups.every(({ replaced }) => replaced.length === 0);
}

const OF_ANOTHER_TYPE: Readonly<Record<Property['type'], unknown>> = {
  string: 7,
  boolean: 'yes',
  integer: 'many',
  number: 'many',
  array: 'all',
  object: 'all',
};

describe('the settings', () => {
  test('are no more than thirty', () => {
    expect(declared.length).toBeLessThanOrEqual(30);
  });

  test('are all read somewhere', () => {
    const source = readFileSync('src/extension/configuration.ts', 'utf8');
    const grouped = readFileSync('src/shared/settings.ts', 'utf8').split('export function engineSettings')[1];
    const unread = declared.filter(([key]) => !grouped?.includes(`settings['${key}']`) && !source.includes(`'${key}'`));
    expect(unread).toEqual([]);
    const alone = Object.keys(READ_ALONE).filter((key) => !source.includes(`'${key}'`));
    expect(alone).toEqual([]);
  });

  test.each(declared)('%s is described', (_key, { markdownDescription }) => {
    expect(markdownDescription).toMatch(/^%[\w.]+%$/);
  });

  test.each(declared)('%s is taken as the manifest allows it, and not otherwise', (key, property) => {
    const { type, minimum, maximum } = property;
    expect(isTaken(key, property.default)).toBe(true);
    expect(isTaken(key, OF_ANOTHER_TYPE[type])).toBe(false);
    for (const choice of property.enum ?? []) expect(isTaken(key, choice)).toBe(true);
    if (property.enum) expect(isTaken(key, 'another')).toBe(false);
    if (type !== 'integer' && type !== 'number') return;
    const step = type === 'integer' ? 1 : 0.01;
    if (minimum !== undefined) expect([isTaken(key, minimum), isTaken(key, minimum - step)]).toEqual([true, false]);
    if (maximum !== undefined) expect([isTaken(key, maximum), isTaken(key, maximum + step)]).toEqual([true, false]);
    expect(minimum).toBeDefined();
    if (type === 'integer') expect(isTaken(key, (minimum ?? 0) + 0.5)).toBe(false);
  });
});
