import { readFileSync } from 'node:fs';
import { DEFAULT_SETTINGS, SETTINGS_SECTION, type SettingKey } from '../src/shared/settings.ts';

/** What the manifest says of a setting. */
interface Property {
  readonly type: string;
  readonly default: unknown;
  readonly scope: string;
  readonly markdownDescription: string;
  readonly enum?: readonly string[];
  readonly markdownEnumDescriptions?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Section {
  readonly title: string;
  readonly properties: Readonly<Record<string, Property>>;
}

const EFFECTS = {
  once: 'At once.',
  message: 'With the next message.',
  model: 'With the next message, for which the model is loaded anew.',
  request: 'With the next request.',
  completion: 'With the next completion.',
  download: 'With the next download.',
  list: 'When the list of models is opened next.',
} as const;

/** When a change is heeded. A setting that is missing here does not compile. */
const EFFECT_OF: Readonly<Record<SettingKey, keyof typeof EFFECTS>> = {
  'model.path': 'model',
  'model.gpu': 'model',
  'model.threads': 'model',
  'model.hub': 'download',
  'model.folders': 'list',
  'model.quantizedValues': 'model',
  'model.freeAfterMinutes': 'once',
  'model.freeOnBattery': 'once',
  'cache.window': 'model',
  'chat.systemPrompt': 'message',
  'chat.temperature': 'message',
  'chat.topP': 'message',
  'chat.topK': 'message',
  'chat.minP': 'message',
  'chat.repeatPenalty': 'message',
  'chat.maxAnswerTokens': 'message',
  'chat.keepThoughts': 'message',
  'chat.instructions': 'message',
  'recall.share': 'message',
  'commands.knowConversation': 'once',
  'commands.formatEdits': 'once',
  'requests.window': 'request',
  'engine.lingerSeconds': 'once',
  'engine.residents': 'once',
  'checkpoints.afterSeconds': 'once',
  'checkpoints.maxDiskGB': 'once',
  'completions.enabled': 'once',
  'completions.model': 'completion',
  'completions.window': 'completion',
  'completions.exclude': 'once',
};

const SCOPES: Readonly<Record<string, string>> = {
  machine: 'for this machine',
  window: 'for the user or the workspace',
  'language-overridable': 'for the user, the workspace or a language',
};

/** `docs/settings.md`, written from the manifest and its English texts. */
export function settingsPage(): string {
  const texts = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Readonly<Record<string, string>>;
  const manifest = readFileSync('package.json', 'utf8').replaceAll(/%([\w.]+)%/g, (_, key: string) =>
    JSON.stringify(texts[key] ?? '').slice(1, -1),
  );
  const { contributes } = JSON.parse(manifest) as { readonly contributes: { readonly configuration: readonly Section[] } };
  return `# Settings

${Object.keys(DEFAULT_SETTINGS).length} settings; none is needed to begin. All of them are heeded while VS Code and the engine run: nothing has to be
restarted. A value that cannot be is replaced by the default, and the log of Endless says so.

This page is written from \`package.json\` and \`package.nls.json\`; a test compares them, and
\`npm run test:unit -- settings-page -u\` writes it anew.

${contributes.configuration.map(sectionText).join('\n')}`;
}

function sectionText({ title, properties }: Section): string {
  return `## ${title}\n\n${Object.entries(properties)
    .map(([key, property]) => settingText(key, property))
    .join('\n')}`;
}

function settingText(key: string, property: Property): string {
  const effect = EFFECTS[EFFECT_OF[key.slice(SETTINGS_SECTION.length + 1) as SettingKey]];
  const facts = [`Default: ${defaultText(property.default)}`, ...rangeText(property), SCOPES[property.scope] ?? property.scope];
  const choices = (property.enum ?? []).map((choice, at) => `- \`${choice}\`: ${property.markdownEnumDescriptions?.[at] ?? ''}`);
  const description = withoutCommandLinks(property.markdownDescription);
  return (
    [`### \`${key}\``, description, ...(choices.length > 0 ? [choices.join('\n')] : []), `${facts.join(' · ')}. ${effect}`, '']
      .join('\n\n')
      .trimEnd() + '\n'
  );
}

function rangeText({ minimum, maximum }: Property): readonly string[] {
  if (minimum !== undefined && maximum !== undefined) return [`${minimum} to ${maximum}`];
  return minimum === undefined ? [] : [`at least ${minimum}`];
}

function defaultText(value: unknown): string {
  return value === '' ? 'empty' : `\`${JSON.stringify(value)}\``;
}

/** Links to commands and settings work within VS Code only. */
function withoutCommandLinks(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]+)\]\(command:[^)]+\)/g, '$1').replaceAll(/`#([\w.]+)#`/g, '`$1`');
}
