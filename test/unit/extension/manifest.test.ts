import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ACTION_COMMANDS } from '../../../src/extension/commands/action-commands.ts';
import { validSettings } from '../../../src/extension/engine/valid-settings.ts';
import { ENGINE_FLAGS } from '../../../src/link/start-engine.ts';
import { CompletionSettingsSchema } from '../../../src/shared/protocol/completion.ts';
import { EngineSettingsSchema } from '../../../src/shared/protocol/engine-settings.ts';
import { completionSettings, DEFAULT_SETTINGS, engineSettings } from '../../../src/shared/settings.ts';

interface Manifest {
  readonly publisher: string;
  readonly name: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly configuration: readonly {
      readonly properties: Readonly<Record<string, { readonly default: unknown; readonly scope: string }>>;
    }[];
    readonly commands: readonly { readonly command: string; readonly category: string; readonly icon: string }[];
    readonly keybindings: readonly { readonly command: string; readonly when?: string }[];
    readonly walkthroughs: readonly {
      readonly steps: readonly { readonly description: string; readonly completionEvents: readonly string[] }[];
    }[];
    readonly menus: Readonly<Record<string, readonly { readonly command?: string }[]>>;
  };
}

const text = readFileSync('package.json', 'utf8');
const manifest = JSON.parse(text) as Manifest;
const { contributes } = manifest;
const properties = Object.assign({}, ...contributes.configuration.map((section) => section.properties)) as Record<
  string,
  { readonly default: unknown; readonly scope: string }
>;
const commandIds = contributes.commands.map(({ command }) => command);

describe('the manifest', () => {
  test('declares the settings of the table with their defaults', () => {
    const declared = Object.fromEntries(Object.entries(properties).map(([key, property]) => [key, property.default]));
    const expected = Object.fromEntries(Object.entries(DEFAULT_SETTINGS).map(([key, value]) => [`endless.${key}`, value]));
    expect(declared).toEqual(expected);
  });

  test('has defaults that the engine accepts', () => {
    const [chat, completions] = [engineSettings(DEFAULT_SETTINGS), completionSettings(DEFAULT_SETTINGS)];
    expect(validSettings(EngineSettingsSchema.entries, chat, chat).replaced).toEqual([]);
    expect(validSettings(CompletionSettingsSchema.entries, completions, completions).replaced).toEqual([]);
  });

  test.each(['endless.model.path', 'endless.model.gpu', 'endless.model.threads'])('keeps %s to the machine', (key) => {
    expect(properties[key]!.scope).toBe('machine');
  });

  test('gives every command the category and an icon', () => {
    for (const command of contributes.commands) expect(command).toMatchObject({ category: 'Endless', icon: expect.any(String) as string });
  });

  test('names pictures that are there', () => {
    const pictures = [...text.matchAll(/"(media\/[^"]+)"/g)].map(([, path]) => path!);
    expect(pictures).not.toEqual([]);
    expect(pictures.filter((path) => !existsSync(path))).toEqual([]);
  });

  test('declares the commands that are registered', () => {
    const files = [
      'commands/register-commands.ts',
      'models/server/server-commands.ts',
      'commands/conversation-commands.ts',
      'commands/history-commands.ts',
      'commands/context-commands.ts',
      'commands/talking-commands.ts',
      'commands/editing-commands.ts',
      'commands/commit-message.ts',
      'edits/review-commands.ts',
      'completion/completion-commands.ts',
    ];
    const source = files.map((file) => readFileSync(`src/extension/${file}`, 'utf8')).join('\n');
    const registered = [...source.matchAll(/^ +'(endless\.[\w.]+)':/gm)].map(([, command]) => command);
    expect(registered.sort()).toEqual([...commandIds].sort());
  });

  test('speaks only of commands it declares', () => {
    const menus = Object.values(contributes.menus).flat();
    const actions = Object.values(ACTION_COMMANDS).map(([command]) => ({ command }));
    const used = [...menus, ...contributes.keybindings, ...actions].flatMap(({ command }) => command ?? []);
    expect(used.filter((command) => command.startsWith('endless.') && !commandIds.includes(command))).toEqual([]);
  });

  test('leads newcomers to commands that it declares, and notices when they were there', () => {
    const sentences = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>;
    const keys = readFileSync('src/extension/status/context-keys.ts', 'utf8');
    const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
    expect(steps.length).toBeGreaterThan(2);
    for (const { description, completionEvents } of steps) {
      const text = sentences[description.replaceAll('%', '')] ?? '';
      const linked = [...text.matchAll(/\(command:([\w.]+)\)/g)].map(([, command]) => command!);
      expect(linked.length).toBeGreaterThan(0);
      expect(linked.filter((command) => !commandIds.includes(command))).toEqual([]);
      for (const event of completionEvents) {
        const [kind, subject = ''] = event.split(':');
        expect(kind === 'onCommand' ? commandIds.includes(subject) : kind === 'onContext' && keys.includes(`'${subject}'`), event).toBe(
          true,
        );
      }
    }
  });

  test('binds no key without saying when', () => {
    expect(contributes.keybindings.filter(({ when }) => !when)).toEqual([]);
  });

  test('has a sentence for every placeholder, and no other', () => {
    const used = [...text.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key);
    const sentences = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>;
    expect([...new Set(used)].sort()).toEqual(Object.keys(sentences).sort());
  });

  test.each(['bench', 'chat'])('runs %s with the flags of the engine, so that it is the same that is measured', (script) => {
    expect(manifest.scripts[script]).toContain(` node ${ENGINE_FLAGS.join(' ')} src/`);
  });

  test('is the extension whose settings the "open settings" button shows', () => {
    expect(ACTION_COMMANDS.openSettings[1]).toBe(`@ext:${manifest.publisher}.${manifest.name}`);
  });
});
