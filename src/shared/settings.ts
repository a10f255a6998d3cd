import type { EngineSettings } from './protocol.ts';

/**
 * The settings of `package.json`, declared once: a key that is misspelt does not compile, and a test compares this
 * table with the manifest.
 */
export interface Settings {
  /** Path of the GGUF file; empty when none is chosen. */
  readonly 'model.path': string;
  readonly 'model.gpu': EngineSettings['gpu'];
  readonly 'model.threads': number;
  readonly 'cache.window': number;
  readonly 'chat.systemPrompt': string;
  readonly 'chat.temperature': number;
  readonly 'chat.topP': number;
  readonly 'chat.topK': number;
  readonly 'chat.minP': number;
  readonly 'chat.repeatPenalty': number;
  readonly 'chat.maxAnswerTokens': number;
}

export type SettingKey = keyof Settings;

/** The section of `settings.json` that all keys stand under. */
export const SETTINGS_SECTION = 'endless';

export const DEFAULT_SETTINGS: Settings = {
  'model.path': '',
  'model.gpu': 'auto',
  'model.threads': 0,
  'cache.window': 8192,
  'chat.systemPrompt': 'You are Endless, a coding assistant that runs on this machine.',
  'chat.temperature': 0.7,
  'chat.topP': 0.95,
  'chat.topK': 40,
  'chat.minP': 0.05,
  'chat.repeatPenalty': 1.1,
  'chat.maxAnswerTokens': 0,
};

/** The part of the settings that the engine works by. */
export function engineSettings(settings: Settings): EngineSettings {
  return {
    modelPath: settings['model.path'],
    window: settings['cache.window'],
    gpu: settings['model.gpu'],
    threads: settings['model.threads'],
    systemPrompt: settings['chat.systemPrompt'],
    temperature: settings['chat.temperature'],
    topP: settings['chat.topP'],
    topK: settings['chat.topK'],
    minP: settings['chat.minP'],
    repeatPenalty: settings['chat.repeatPenalty'],
    maxAnswerTokens: settings['chat.maxAnswerTokens'],
  };
}
