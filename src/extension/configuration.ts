import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Hub } from '../shared/downloads.ts';
import { CompletionSettingsSchema, type CompletionSettings } from '../shared/protocol/completion.ts';
import { EngineSettingsSchema, PreferencesSchema, type EngineSettings, type Preferences } from '../shared/protocol/engine-settings.ts';
import { GenerateParamsSchema } from '../shared/protocol/generate.ts';
import {
  completionSettings,
  DEFAULT_SETTINGS,
  enginePreferences,
  engineSettings,
  SETTINGS_SECTION,
  SIDE_COMMANDS,
  type SettingKey,
  type Settings,
  type SideCommand,
} from '../shared/settings.ts';
import { validSettings } from './engine/valid-settings.ts';
import { resolveModelPath } from './models/bundled-model.ts';

/** The settings that say how much may be asked at once, and how long an answer may be. */
const REQUEST_LIMITS: readonly SettingKey[] = ['requests.window', 'chat.maxAnswerTokens'];

/** The settings that say whether instructions are read, and how much of them. */
const INSTRUCTION_LIMITS: readonly SettingKey[] = ['chat.instructions', 'cache.window', 'requests.window'];

/** The only place where settings are read and written. */
export class Configuration implements vscode.Disposable {
  readonly #extensionPath: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #modelChanged = new vscode.EventEmitter<void>();
  readonly #instructionsChanged = new vscode.EventEmitter<void>();
  readonly #watch: vscode.Disposable;
  readonly #completionsChanged = new vscode.EventEmitter<void>();
  readonly #requestsChanged = new vscode.EventEmitter<void>();
  readonly #preferencesChanged = new vscode.EventEmitter<void>();
  #settings: EngineSettings;
  #preferences: Preferences;
  #completions: CompletionSettings;
  #exclusions: readonly string[];
  readonly #enabled = new Map<string, boolean>();
  readonly #warned = new Map<string, string>();

  constructor(extensionPath: string, log: vscode.LogOutputChannel) {
    this.#extensionPath = extensionPath;
    this.#log = log;
    [this.#settings, this.#completions, this.#preferences] = this.#read();
    this.#exclusions = this.#readExclusions();
    this.#watch = vscode.workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration(SETTINGS_SECTION)) return;
      const before = this.#settings.modelPath;
      const completions = this.#completions;
      const preferences = JSON.stringify(this.#preferences);
      [this.#settings, this.#completions, this.#preferences] = this.#read();
      if (JSON.stringify(this.#preferences) !== preferences) this.#preferencesChanged.fire();
      const isSame = JSON.stringify(completions) === JSON.stringify(this.#completions);
      if (isSame) this.#completions = completions;
      this.#exclusions = this.#readExclusions();
      this.#enabled.clear();
      const isOtherModel = this.#settings.modelPath !== before;
      if (isOtherModel) this.#modelChanged.fire();
      if (isOtherModel || REQUEST_LIMITS.some((key) => change.affectsConfiguration(`${SETTINGS_SECTION}.${key}`)))
        this.#requestsChanged.fire();
      if (INSTRUCTION_LIMITS.some((key) => change.affectsConfiguration(`${SETTINGS_SECTION}.${key}`))) this.#instructionsChanged.fire();
      if (!isSame || change.affectsConfiguration(`${SETTINGS_SECTION}.completions`)) this.#completionsChanged.fire();
    });
  }

  /** The settings that the engine works by, with the absolute path of the model. */
  get engineSettings(): EngineSettings {
    return this.#settings;
  }

  /** What holds for the engine as a whole. */
  get enginePreferences(): Preferences {
    return this.#preferences;
  }

  /** The settings that completions are made with; without a path when no model is chosen. */
  get completionSettings(): CompletionSettings {
    return this.#completions;
  }

  /** Whether completions are on for a language; asked at every key, so what was read is remembered. */
  completionsEnabled(languageId: string): boolean {
    const known = this.#enabled.get(languageId);
    if (known !== undefined) return known;
    const key = 'completions.enabled' satisfies SettingKey;
    const written: unknown = vscode.workspace.getConfiguration(SETTINGS_SECTION, { languageId }).get(key);
    if (typeof written !== 'boolean') this.#warn(key, written);
    const enabled = typeof written === 'boolean' ? written : DEFAULT_SETTINGS[key];
    this.#enabled.set(languageId, enabled);
    return enabled;
  }

  /** For this user and machine, and for the workspace if it says something else itself. */
  async enableCompletions(languageId: string, enabled: boolean): Promise<void> {
    const section = vscode.workspace.getConfiguration(SETTINGS_SECTION, { languageId });
    const key = 'completions.enabled' satisfies SettingKey;
    await section.update(key, enabled, vscode.ConfigurationTarget.Global, true);
    const own = section.inspect<boolean>(key);
    if ((own?.workspaceLanguageValue ?? own?.workspaceValue) === undefined) return;
    await section.update(key, enabled, vscode.ConfigurationTarget.Workspace, true);
  }

  /** Whether the instructions of the workspace are shown to the model. */
  get showsInstructions(): boolean {
    return this.#value('chat.instructions', v.boolean());
  }

  /** Whether a command that leaves no trace in the conversation knows it. */
  knowsConversation(command: SideCommand): boolean {
    const key = 'commands.knowConversation' satisfies SettingKey;
    return this.#value(key, v.partial(v.object(v.entriesFromList(SIDE_COMMANDS, v.boolean()))))[command] ?? DEFAULT_SETTINGS[key][command];
  }

  /** Whether what a command has changed is formatted. */
  formatsEdits(languageId: string): boolean {
    return this.#value('commands.formatEdits', v.boolean(), languageId);
  }

  /** Tokens of the context for requests outside of the conversation. */
  get requestWindow(): number {
    return this.#value('requests.window', GenerateParamsSchema.entries.requestWindow);
  }

  /** Address of the hub that models are downloaded from; empty for the usual one. */
  get hubEndpoint(): string {
    return this.#value('model.hub', v.string()).trim();
  }

  /** Folders whose models stand in the list of models. */
  get modelFolders(): readonly string[] {
    return this.#value('model.folders', v.array(v.string()));
  }

  /** How VS Code itself reaches the network; no `proxy` where that is for the environment to say. */
  get proxy(): Pick<Hub, 'proxy' | 'noProxy'> {
    const http = vscode.workspace.getConfiguration('http');
    const proxy = http.get('proxySupport') === 'off' ? '' : http.get<string>('proxy') || undefined;
    return { ...(proxy !== undefined && { proxy }), noProxy: http.get<string[]>('noProxy', []) };
  }

  /** Glob patterns of the files that are never read for completions. */
  get completionExclusions(): readonly string[] {
    return this.#exclusions;
  }

  get onDidChangeCompletions(): vscode.Event<void> {
    return this.#completionsChanged.event;
  }

  /** Whether instructions are shown may be another thing now. */
  get onDidChangeInstructions(): vscode.Event<void> {
    return this.#instructionsChanged.event;
  }

  get onDidChangeModel(): vscode.Event<void> {
    return this.#modelChanged.event;
  }

  get onDidChangePreferences(): vscode.Event<void> {
    return this.#preferencesChanged.event;
  }

  /** The model that answers requests is another one, or may be asked or may answer more or less than before. */
  get onDidChangeRequests(): vscode.Event<void> {
    return this.#requestsChanged.event;
  }

  /** The value of `model.path` as it is written. */
  get modelSetting(): string {
    return this.#value('model.path', v.string());
  }

  /** The value of `completions.model` as it is written; empty where completions share the model of the chat. */
  get completionModelSetting(): string {
    return this.#value('completions.model', v.string());
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
    this.#instructionsChanged.dispose();
    this.#completionsChanged.dispose();
    this.#requestsChanged.dispose();
    this.#preferencesChanged.dispose();
  }

  #read(): [EngineSettings, CompletionSettings, Preferences] {
    const section = vscode.workspace.getConfiguration(SETTINGS_SECTION);
    const keys = Object.keys(DEFAULT_SETTINGS) as SettingKey[];
    const written = Object.fromEntries(keys.map((key) => [key, section.get(key)])) as unknown as Settings;
    const chat = this.#valid(EngineSettingsSchema.entries, engineSettings(written), engineSettings(DEFAULT_SETTINGS));
    const completions = this.#valid(CompletionSettingsSchema.entries, completionSettings(written), completionSettings(DEFAULT_SETTINGS));
    return [
      { ...chat, modelPath: this.resolve(chat.modelPath) },
      { ...completions, modelPath: this.resolve(completions.modelPath) },
      this.#valid(PreferencesSchema.entries, enginePreferences(written), enginePreferences(DEFAULT_SETTINGS)),
    ];
  }

  #value<K extends SettingKey, T>(key: K, schema: v.GenericSchema<unknown, T>, languageId?: string): T | Settings[K] {
    const written: unknown = vscode.workspace.getConfiguration(SETTINGS_SECTION, languageId === undefined ? null : { languageId }).get(key);
    const parsed = v.safeParse(schema, written);
    if (parsed.success) return parsed.output;
    this.#warn(key, written);
    return DEFAULT_SETTINGS[key];
  }

  /** What is not valid must not open what is excluded by default. */
  #readExclusions(): readonly string[] {
    const key = 'completions.exclude' satisfies SettingKey;
    const written: unknown = vscode.workspace.getConfiguration(SETTINGS_SECTION).get(key);
    if (Array.isArray(written) && written.every((pattern) => typeof pattern === 'string')) return written;
    this.#warn(key, written);
    return DEFAULT_SETTINGS[key];
  }

  #valid<T extends object>(entries: Readonly<Record<keyof T & string, v.GenericSchema>>, wished: T, defaults: T): T {
    const { settings, replaced } = validSettings(entries, wished, defaults);
    for (const name of replaced) this.#warn(name, wished[name]);
    return settings;
  }

  /** Settings are read again and again; the same is said once. */
  #warn(name: string, value: unknown): void {
    const warning = `The setting for ${name} is not valid, and the default is taken: ${JSON.stringify(value)}`;
    if (this.#warned.get(name) !== warning) this.#log.warn(warning);
    this.#warned.set(name, warning);
  }
}
