import type * as v from 'valibot';
import * as vscode from 'vscode';
import { CompletionSettingsSchema, EngineSettingsSchema, type CompletionSettings, type EngineSettings } from '../shared/protocol.ts';
import {
  completionSettings,
  DEFAULT_SETTINGS,
  engineSettings,
  SETTINGS_SECTION,
  type SettingKey,
  type Settings,
} from '../shared/settings.ts';
import { validSettings } from './engine/valid-settings.ts';
import { resolveModelPath } from './models/bundled-model.ts';

/** The only place where settings are read and written. */
export class Configuration implements vscode.Disposable {
  readonly #extensionPath: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #modelChanged = new vscode.EventEmitter<void>();
  readonly #watch: vscode.Disposable;
  readonly #completionsChanged = new vscode.EventEmitter<void>();
  #settings: EngineSettings;
  #completions: CompletionSettings;

  constructor(extensionPath: string, log: vscode.LogOutputChannel) {
    this.#extensionPath = extensionPath;
    this.#log = log;
    [this.#settings, this.#completions] = this.#read();
    this.#watch = vscode.workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration(SETTINGS_SECTION)) return;
      const before = this.#settings.modelPath;
      [this.#settings, this.#completions] = this.#read();
      if (this.#settings.modelPath !== before) this.#modelChanged.fire();
      this.#completionsChanged.fire();
    });
  }

  /** The settings that the engine works by, with the absolute path of the model. */
  get engineSettings(): EngineSettings {
    return this.#settings;
  }

  /** The settings that completions are made with; without a path when no model is chosen. */
  get completionSettings(): CompletionSettings {
    return this.#completions;
  }

  get onDidChangeCompletions(): vscode.Event<void> {
    return this.#completionsChanged.event;
  }

  get onDidChangeModel(): vscode.Event<void> {
    return this.#modelChanged.event;
  }

  /** Path of the file that a value of `model.path` stands for; empty when it stands for none. */
  resolve(modelPath: string): string {
    return resolveModelPath(modelPath, this.#extensionPath);
  }

  /** For this user and machine, in every window. */
  async update<K extends SettingKey>(key: K, value: Settings[K]): Promise<void> {
    await vscode.workspace.getConfiguration(SETTINGS_SECTION).update(key, value, vscode.ConfigurationTarget.Global);
  }

  dispose(): void {
    this.#watch.dispose();
    this.#modelChanged.dispose();
    this.#completionsChanged.dispose();
  }

  #read(): [EngineSettings, CompletionSettings] {
    const section = vscode.workspace.getConfiguration(SETTINGS_SECTION);
    const keys = Object.keys(DEFAULT_SETTINGS) as SettingKey[];
    const written = Object.fromEntries(keys.map((key) => [key, section.get(key)])) as unknown as Settings;
    const chat = this.#valid(EngineSettingsSchema.entries, engineSettings(written), engineSettings(DEFAULT_SETTINGS));
    const completions = this.#valid(CompletionSettingsSchema.entries, completionSettings(written), completionSettings(DEFAULT_SETTINGS));
    return [
      { ...chat, modelPath: this.resolve(chat.modelPath) },
      { ...completions, modelPath: this.resolve(completions.modelPath) },
    ];
  }

  #valid<T extends object>(entries: Readonly<Record<keyof T & string, v.GenericSchema>>, wished: T, defaults: T): T {
    const { settings, replaced } = validSettings(entries, wished, defaults);
    for (const name of replaced) this.#log.warn(`The setting for ${name} is not valid: ${JSON.stringify(wished[name])}`);
    return settings;
  }
}
