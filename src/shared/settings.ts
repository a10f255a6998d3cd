import type { CompletionSettings } from './protocol/completion.ts';
import type { EngineSettings, Preferences } from './protocol/engine-settings.ts';

/** The commands that leave no trace in the conversation. */
export const SIDE_COMMANDS = ['fix', 'edit', 'document', 'tests', 'commitMessage', 'rename'] as const;
export type SideCommand = (typeof SIDE_COMMANDS)[number];

/**
 * The settings of `package.json`, declared once: a key that is misspelt does not compile, and a test compares this
 * table with the manifest.
 */
export interface Settings {
  /** Path of the GGUF file; empty when none is chosen. */
  readonly 'model.path': string;
  readonly 'model.gpu': EngineSettings['gpu'];
  readonly 'model.threads': number;
  /** Address of the hub that models are downloaded from, or of a mirror of it; empty for huggingface.co. */
  readonly 'model.hub': string;
  /** Folders whose models stand in the list. */
  readonly 'model.folders': readonly string[];
  /** Whether the values of the cache are kept in 8 bits, where the model allows it. */
  readonly 'model.quantizedValues': boolean;
  /** How long nothing must be asked before the models are unloaded, in minutes; 0 for never. */
  readonly 'model.freeAfterMinutes': number;
  /** Whether they are unloaded soon while the machine runs on battery. */
  readonly 'model.freeOnBattery': boolean;
  readonly 'cache.window': number;
  readonly 'chat.systemPrompt': string;
  readonly 'chat.temperature': number;
  readonly 'chat.topP': number;
  readonly 'chat.topK': number;
  readonly 'chat.minP': number;
  readonly 'chat.repeatPenalty': number;
  readonly 'chat.maxAnswerTokens': number;
  /** Whether what the model thinks before it answers stays in the cache. */
  readonly 'chat.keepThoughts': boolean;
  /** Whether the files with instructions that a workspace has for assistants are shown to the model. */
  readonly 'chat.instructions': boolean;
  /** Part of the window, in per cent, that passages of turns which have left the cache may take in a message. */
  readonly 'recall.share': number;
  /** For each command that leaves no trace in the conversation, whether the model knows the conversation then. */
  readonly 'commands.knowConversation': Readonly<Record<SideCommand, boolean>>;
  /** Whether the document's formatter runs over what a command has changed. */
  readonly 'commands.formatEdits': boolean;
  /** Tokens of the context for requests that no conversation is part of. */
  readonly 'requests.window': number;
  /** How long the engine stays after the last window has gone, in seconds. */
  readonly 'engine.lingerSeconds': number;
  /** Conversations that may be in memory at the same time. */
  readonly 'engine.residents': number;
  /** How long nothing must happen before the cache is written to the disk, in seconds; 0 for only when it leaves the memory. */
  readonly 'checkpoints.afterSeconds': number;
  /** What all checkpoints together may take, in gigabytes; 0 for none. */
  readonly 'checkpoints.maxDiskGB': number;
  /** May be another one for each language. */
  readonly 'completions.enabled': boolean;
  /** Path of the GGUF file; empty for that of the chat. */
  readonly 'completions.model': string;
  readonly 'completions.window': number;
  /** Glob patterns of files that are never read for completions. */
  readonly 'completions.exclude': readonly string[];
}

export type SettingKey = keyof Settings;

/** The section of `settings.json` that all keys stand under. */
export const SETTINGS_SECTION = 'endless';

export const DEFAULT_SETTINGS: Settings = {
  'model.path': '',
  'model.gpu': 'auto',
  'model.threads': 0,
  'model.hub': '',
  'model.folders': [],
  'model.quantizedValues': false,
  'model.freeAfterMinutes': 30,
  'model.freeOnBattery': false,
  'cache.window': 8192,
  'chat.systemPrompt': 'You are Endless, a coding assistant that runs on this machine.',
  'chat.temperature': 0.7,
  'chat.topP': 0.95,
  'chat.topK': 40,
  'chat.minP': 0.05,
  'chat.repeatPenalty': 1.1,
  'chat.maxAnswerTokens': 0,
  'chat.keepThoughts': false,
  'chat.instructions': true,
  'recall.share': 10,
  'commands.knowConversation': { fix: true, edit: true, document: true, tests: true, commitMessage: false, rename: false },
  'commands.formatEdits': false,
  'requests.window': 8192,
  'engine.lingerSeconds': 55,
  'engine.residents': 2,
  'checkpoints.afterSeconds': 30,
  'checkpoints.maxDiskGB': 4,
  'completions.enabled': true,
  'completions.model': '',
  'completions.window': 2048,
  'completions.exclude': [
    '**/{.env,*.env,.envrc}',
    '**/.env.*',
    '**/*.{pem,key,p12,pfx,keystore,jks,tfvars}',
    '**/id_{rsa,dsa,ecdsa,ed25519}',
    '**/.{npmrc,netrc,pgpass,git-credentials}',
  ],
};

/** The part of the settings that the engine works by; instructions are not written in settings. */
export function engineSettings(settings: Settings): EngineSettings {
  return {
    modelPath: settings['model.path'],
    window: settings['cache.window'],
    gpu: settings['model.gpu'],
    threads: settings['model.threads'],
    quantizedValues: settings['model.quantizedValues'],
    systemPrompt: settings['chat.systemPrompt'],
    instructions: '',
    temperature: settings['chat.temperature'],
    topP: settings['chat.topP'],
    topK: settings['chat.topK'],
    minP: settings['chat.minP'],
    repeatPenalty: settings['chat.repeatPenalty'],
    maxAnswerTokens: settings['chat.maxAnswerTokens'],
    keepThoughts: settings['chat.keepThoughts'],
    recallShare: settings['recall.share'] / 100,
  };
}

const BYTES_PER_GB = 1e9;

/** The part of the settings that holds for the engine as a whole. */
export function enginePreferences(settings: Settings): Preferences {
  return {
    lingerSeconds: settings['engine.lingerSeconds'],
    residents: settings['engine.residents'],
    freeAfterMinutes: settings['model.freeAfterMinutes'],
    freeOnBattery: settings['model.freeOnBattery'],
    checkpointSeconds: settings['checkpoints.afterSeconds'],
    checkpointBytes: settings['checkpoints.maxDiskGB'] * BYTES_PER_GB,
  };
}

/** The part of the settings that completions are made with; without a model of their own they share that of the chat. */
export function completionSettings(settings: Settings): CompletionSettings {
  const own = settings['completions.model'];
  return {
    modelPath: own || settings['model.path'],
    gpu: settings['model.gpu'],
    threads: settings['model.threads'],
    quantizedValues: settings['model.quantizedValues'],
    chatWindow: own ? 0 : settings['cache.window'],
    window: settings['completions.window'],
  };
}
