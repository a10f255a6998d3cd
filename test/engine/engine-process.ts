import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connectToEngine, type StartedEngine } from '../../src/link/connect.ts';
import type { EngineConnection, HeardEvent } from '../../src/link/rpc.ts';
import { readRecord } from '../../src/link/run-directory.ts';
import { startEngine } from '../../src/link/start-engine.ts';
import type { Attachment } from '../../src/shared/attachments.ts';
import type { Segment } from '../../src/shared/cache-layout.ts';
import type { Address } from '../../src/shared/protocol/address.ts';
import type { EngineSettings } from '../../src/shared/protocol/engine-settings.ts';
import type { EventParams, RequestParams } from '../../src/shared/protocol/protocol.ts';
import type { Activity, Status } from '../../src/shared/protocol/status.ts';
import type { Turn } from '../../src/shared/protocol/turn.ts';
import { testSettings } from './bundled-model.ts';

/** The program that the engine is. */
export const ENGINE_ENTRY = resolve('src/engine/main.ts');
/**
 * Loaded first, it makes an engine go on with an answer that is drawn as `RAMBLING` says until it is stopped, a hundred tokens a second:
 * a window of 1,024 is full after ten seconds.
 */
export const TALKATIVE = resolve(import.meta.dirname, 'talkative.mjs');
export const ADDRESS: Address = { conversationId: 'demo' };
const OVER: ReadonlySet<Turn['state']> = new Set(['done', 'stopped', 'failed', 'interrupted']);

export interface PlaceOptions {
  /** Where the engines publish themselves and keep what must last, if that is to be elsewhere. */
  readonly runDirectory?: string;
  readonly dataDirectory?: string;
  /** The program that they are, if it is not the engine itself. */
  readonly entry?: string;
  /** Whether they have to find out about models what engines before them have; else it is handed on, and saves seconds. */
  readonly isFirst?: boolean;
  /** Files of modules that are loaded into them before anything else. */
  readonly preload?: readonly string[];
  /** What else stands in their environment. */
  readonly env?: Readonly<Record<string, string>>;
}

const VERDICTS = 'shift-verdicts.json';

/** How long an engine may take to be there: some tests start twenty at once. */
const START_MS = 100_000;

/** What engines of this file have found out about models. */
let verdicts: string | undefined;

/** A place for engines of its own: rendezvous and data folders, and a short linger. */
export class EnginePlace {
  readonly directory = mkdtempSync(join(tmpdir(), 'endless-'));
  readonly runDirectory: string;
  readonly dataDirectory: string;
  readonly exits: Promise<number>[] = [];
  readonly #entry: string;
  readonly #env: Readonly<Record<string, string>>;

  constructor({ runDirectory, dataDirectory, entry = ENGINE_ENTRY, isFirst = false, preload = [], env = {} }: PlaceOptions = {}) {
    this.runDirectory = runDirectory ?? join(this.directory, 'run');
    this.dataDirectory = dataDirectory ?? join(this.directory, 'data');
    this.#entry = entry;
    const imports = preload.map((file) => `--import=${pathToFileURL(file).href}`);
    this.#env = { ENDLESS_LINGER_MS: '500', ...(imports.length > 0 && { NODE_OPTIONS: imports.join(' ') }), ...env };
    if (isFirst || verdicts === undefined) return;
    mkdirSync(this.dataDirectory, { recursive: true, mode: 0o700 });
    writeFileSync(this.#verdicts, verdicts, { mode: 0o600 });
  }

  get #verdicts(): string {
    return join(this.dataDirectory, VERDICTS);
  }

  /** Starts an engine process, whether one is there or not. */
  start(): StartedEngine {
    const before = { ...process.env };
    Object.assign(process.env, this.#env, { ENDLESS_DATA_DIR: this.dataDirectory });
    const engine = startEngine(this.#entry, this.runDirectory);
    process.env = before;
    // Whoever waits for it is told what went wrong; nobody else need be.
    engine.exited.catch(() => undefined);
    this.exits.push(engine.exited);
    return engine;
  }

  /** Finds the engine, or starts one. */
  async connect(client = 'test'): Promise<EngineConnection> {
    return connectToEngine({ directory: this.runDirectory, client, timeLimitMs: START_MS, start: () => this.start() });
  }

  async pid(): Promise<number> {
    const record = await readRecord(this.runDirectory);
    if (!record) throw new Error('no engine has published itself');
    return record.pid;
  }

  /** Waits for every engine that was started here to end. */
  async close(): Promise<void> {
    await Promise.allSettled(this.exits);
    if (existsSync(this.#verdicts)) verdicts = readFileSync(this.#verdicts, 'utf8');
    rmSync(this.directory, { recursive: true });
  }
}

/** A window on the conversation: what it was told, in order. */
export class Participant {
  readonly connection: EngineConnection;
  readonly turns = new Map<number, Turn>();
  readonly texts: EventParams<'text'>[] = [];
  readonly activities: Activity[] = [];
  readonly forgotten: Omit<EventParams<'forgotten'>, 'address'>[] = [];
  /** Turns that were told after they were forgotten. */
  readonly ghosts: Turn[] = [];
  status: Status | undefined;
  readonly #address: Address;
  /** The newest turn when each was forgotten. */
  readonly #newestAt: number[] = [];
  #waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = [];

  constructor(connection: EngineConnection, address = ADDRESS) {
    this.connection = connection;
    this.#address = address;
    this.#hear('turn', ({ turn }) => {
      this.turns.set(turn.id, turn);
      const isGone = ({ turnId, andLater }: (typeof this.forgotten)[number], newest: number): boolean =>
        turn.id === turnId || (andLater === true && turn.id > turnId && turn.id <= newest);
      if (this.forgotten.some((which, at) => isGone(which, this.#newestAt[at] ?? 0))) this.ghosts.push(turn);
    });
    this.#hear('forgotten', ({ turnId, andLater }) => {
      this.#newestAt.push(Math.max(...this.turns.keys(), 0));
      this.forgotten.push({ turnId, ...(andLater && { andLater }) });
    });
    this.#hear('text', (text) => this.texts.push(text));
    this.#hear('status', ({ status }) => {
      this.status = status;
      this.activities.push(status.activity);
    });
  }

  /** Opens the conversation, or asks how it stands: events may tell that a tenth of a second later. */
  async open(): Promise<readonly Turn[]> {
    const { turns, status } = await this.connection.request('open', { address: this.#address, turns: 100 });
    this.status = status;
    return turns;
  }

  async send(message: string, settings: Partial<EngineSettings> = {}, key: string = crypto.randomUUID()): Promise<number> {
    const { turnId } = await this.connection.request('send', { address: this.#address, key, message, settings: testSettings(settings) });
    return turnId;
  }

  /** The same with whatever comes with a message. */
  async sendWith(sent: Partial<RequestParams<'send'>> & { readonly message: string }): Promise<number> {
    const params = { address: this.#address, key: crypto.randomUUID(), settings: testSettings(), ...sent };
    return (await this.connection.request('send', params)).turnId;
  }

  /** Waits until the cache, too, has come to the end of a turn. */
  async settled(turnId: number): Promise<Turn> {
    const turn = await this.ended(turnId);
    await this.open();
    await this.until(() => this.status?.activity.kind === 'idle');
    return turn;
  }

  /** Says what is attached to the message that is being written; settles when it is evaluated. */
  async attach(attachments: readonly Attachment[], settings: Partial<EngineSettings> = {}): Promise<void> {
    const params = { address: this.#address, attachments: [...attachments], settings: testSettings(settings) };
    await this.connection.request('attach', params);
  }

  /** What the cache holds now. */
  async segments(): Promise<readonly Segment[]> {
    await this.open();
    return this.status?.cache?.segments ?? [];
  }

  /** The same, a turn by its number and all else by its kind. */
  async held(): Promise<readonly (number | string)[]> {
    return (await this.segments()).map(({ kind, turnId }) => turnId ?? kind);
  }

  /** Sends a message and waits for the end of its answer. */
  async ask(message: string, settings: Partial<EngineSettings> = {}): Promise<Turn> {
    return this.ended(await this.send(message, settings));
  }

  async ended(turnId: number): Promise<Turn> {
    await this.until(() => OVER.has(this.turns.get(turnId)?.state ?? 'queued'));
    const turn = this.turns.get(turnId);
    if (!turn) throw new Error(`no turn ${String(turnId)}`);
    return turn;
  }

  /** Sends a message and waits until the cache, too, has come to the end of the turn. */
  async askAndSettle(message: string, settings: Partial<EngineSettings> = {}): Promise<Turn> {
    return this.settled(await this.send(message, settings));
  }

  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ holds, resolve }));
  }

  #hear<N extends HeardEvent>(name: N, note: (params: EventParams<N>) => void): void {
    this.connection.onEvent(name, (params) => {
      note(params);
      const [over, waiting] = [this.#waiting.filter(({ holds }) => holds()), this.#waiting.filter(({ holds }) => !holds())];
      this.#waiting = waiting;
      for (const { resolve } of over) resolve();
    });
  }
}
