import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { setImmediate as nextTick } from 'node:timers/promises';
import type { ClientConnection } from '../../src/link/rpc.ts';
import { EndlessError } from '../../src/shared/errors.ts';
import type {
  Activity,
  Address,
  ConversationSnapshot,
  EngineSettings,
  EventName,
  EventParams,
  FinishReason,
  Stats,
  Status,
  Turn,
} from '../../src/shared/protocol.ts';
import { countTokens, ScriptedCache } from './scripted-cache.ts';
import { scriptFor, type Step } from './scripts.ts';

/** A turn as it is stored: with the key of its message and the settings it is answered by. */
interface StoredTurn {
  readonly key: string;
  readonly turn: Turn;
  readonly settings: EngineSettings;
}

const NO_STATS: Stats = {
  tokensToday: 0,
  evictedToday: 0,
  evictionsToday: 0,
  rebuildsToday: 0,
  tokensPerSecond: 0,
  firstTokenMs: 0,
  appendedTokens: 0,
  decodedTokens: 0,
};

/** One conversation: its transcript (kept in a file, so that it outlives a crash), its cache and its clients. */
export class ScriptedConversation {
  readonly #address: Address;
  readonly #file: string;
  readonly #crash: () => void;
  readonly #clients = new Set<ClientConnection>();
  readonly #cache = new ScriptedCache();
  #stored: readonly StoredTurn[];
  #activity: Activity = { kind: 'idle' };
  #stats = NO_STATS;
  #settings: EngineSettings | undefined;
  #running = false;
  #stop = new AbortController();

  constructor(address: Address, file: string, crash: () => void) {
    this.#address = address;
    this.#file = file;
    this.#crash = crash;
    this.#stored = readTranscript(file).map((stored) =>
      stored.turn.state === 'running' ? { ...stored, turn: { ...stored.turn, state: 'interrupted' } } : stored,
    );
  }

  open(client: ClientConnection, turns: number): ConversationSnapshot {
    this.#clients.add(client);
    void client.closed.then(() => this.#clients.delete(client));
    this.start();
    return { ...this.history(Infinity, turns), status: this.#status() };
  }

  history(before: number, turns: number): { turns: Turn[]; hasEarlier: boolean } {
    const earlier = this.#stored.map(({ turn }) => turn).filter((turn) => turn.id < before);
    return { turns: earlier.slice(-turns), hasEarlier: earlier.length > turns };
  }

  /** Stores the message; a key that is known already gives the turn it has. */
  accept(key: string, message: string, settings: EngineSettings): number {
    const known = this.#stored.find((stored) => stored.key === key);
    if (known) return known.turn.id;
    const id = (this.#stored.at(-1)?.turn.id ?? 0) + 1;
    const turn: Turn = { id, createdAt: Date.UTC(2026, 0, 1) + id, state: 'queued', message, answer: '' };
    this.#store([...this.#stored, { key, turn, settings }]);
    this.#tell('turn', { address: this.#address, turn });
    return id;
  }

  /** Answers the queued turns, one after the other. */
  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stop.abort();
  }

  forget(turnId: number): void {
    if (this.#stored.at(-1)?.turn.id !== turnId) throw new EndlessError('internal', { turnId });
    this.#store(this.#stored.slice(0, -1));
    this.#cache.forget(turnId);
    this.#tell('forgotten', { address: this.#address, turnId });
    this.#tellStatus();
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    await nextTick(); // the request that brought the turn is answered first
    for (let next = this.#nextQueued(); next; next = this.#nextQueued()) await this.#answer(next);
    this.#running = false;
  }

  #nextQueued(): StoredTurn | undefined {
    return this.#stored.find(({ turn }) => turn.state === 'queued');
  }

  async #answer({ turn: { id, message }, settings }: StoredTurn): Promise<void> {
    this.#settings = settings;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#update(id, { state: 'running' });
    let answerTokens = 0;
    let finish: FinishReason = 'end';
    try {
      for (const step of scriptFor(message)) {
        await nextTick();
        if (signal.aborted) break;
        answerTokens += await this.#take(id, step, signal);
        if (step.kind === 'finish') finish = step.reason;
      }
      this.#endTurn(id, countTokens(message), answerTokens, signal.aborted ? 'stopped' : finish);
    } catch (error) {
      this.#update(id, { state: 'failed', error: EndlessError.from(error).toReport() });
    }
    this.#show({ kind: 'idle' });
  }

  /** @returns the tokens that the step adds to the answer. */
  async #take(turnId: number, step: Step, signal: AbortSignal): Promise<number> {
    switch (step.kind) {
      case 'loading':
        this.#show({ kind: 'loading', fraction: step.fraction });
        return 0;
      case 'prefill':
        this.#show({ kind: 'prefill', turnId, done: step.done, total: step.total });
        return 0;
      case 'text':
        if (this.#activity.kind !== 'generating') this.#show({ kind: 'generating', turnId });
        this.#write(turnId, step.text);
        return countTokens(step.text);
      case 'tokens':
        return step.count;
      case 'untilStopped':
        if (!signal.aborted) await once(signal, 'abort');
        return 0;
      case 'finish':
        return 0;
      case 'fail':
        throw new EndlessError(step.code);
      case 'crash':
        await everythingWritten();
        this.#crash();
        return 0;
    }
  }

  #write(turnId: number, text: string): void {
    const answer = this.#turn(turnId).answer;
    this.#tell('text', { address: this.#address, turnId, offset: answer.length, text });
    this.#change(turnId, { answer: answer + text });
  }

  #endTurn(id: number, messageTokens: number, answerTokens: number, finish: FinishReason): void {
    this.#cache.append(id, messageTokens + answerTokens);
    const evicted = this.#cache.makeRoom(this.#settings?.window ?? 0);
    const appended = messageTokens + answerTokens;
    this.#stats = {
      ...this.#stats,
      tokensToday: this.#stats.tokensToday + appended,
      appendedTokens: this.#stats.appendedTokens + appended,
      decodedTokens: this.#stats.decodedTokens + appended,
      evictedToday: this.#stats.evictedToday + evicted.tokens,
      evictionsToday: this.#stats.evictionsToday + (evicted.turns > 0 ? 1 : 0),
      tokensPerSecond: 38,
      firstTokenMs: 210,
    };
    this.#update(id, {
      state: finish === 'stopped' ? 'stopped' : 'done',
      finish,
      stats: { messageTokens, answerTokens, firstTokenMs: 210, tokensPerSecond: 38 },
    });
  }

  #status(): Status {
    const settings = this.#settings;
    return {
      activity: this.#activity,
      stats: this.#stats,
      evictedUpTo: this.#cache.evictedUpTo,
      ...(settings && { cache: this.#cache.layout(settings.window), model: scriptedModel(settings) }),
    };
  }

  #show(activity: Activity): void {
    this.#activity = activity;
    this.#tellStatus();
  }

  #tellStatus(): void {
    this.#tell('status', { address: this.#address, status: this.#status() });
  }

  #update(turnId: number, change: Partial<Turn>): void {
    this.#change(turnId, change);
    this.#tell('turn', { address: this.#address, turn: this.#turn(turnId) });
  }

  #change(turnId: number, change: Partial<Turn>): void {
    this.#store(this.#stored.map((stored) => (stored.turn.id === turnId ? { ...stored, turn: { ...stored.turn, ...change } } : stored)));
  }

  #turn(turnId: number): Turn {
    const stored = this.#stored.find(({ turn }) => turn.id === turnId);
    if (!stored) throw new EndlessError('internal', { turnId });
    return stored.turn;
  }

  #store(stored: readonly StoredTurn[]): void {
    this.#stored = stored;
    writeFileSync(this.#file, JSON.stringify(stored));
  }

  #tell<N extends EventName>(name: N, params: EventParams<N>): void {
    for (const client of this.#clients) client.notify(name, params);
  }
}

/** A message leaves the process a few turns of the event loop after it was handed over; this waits for many of them. */
async function everythingWritten(): Promise<void> {
  for (let turn = 0; turn < 500; turn++) await nextTick();
}

function readTranscript(file: string): readonly StoredTurn[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as readonly StoredTurn[];
  } catch {
    return [];
  }
}

function scriptedModel(settings: EngineSettings): NonNullable<Status['model']> {
  return {
    path: settings.modelPath,
    name: 'Scripted',
    architecture: 'llama',
    fileBytes: 12_345_678,
    trainedContext: 8192,
    window: settings.window,
    wishedWindow: settings.window,
    backend: 'cpu',
    devices: [],
    gpuLayers: 0,
    totalLayers: 12,
    threads: 2,
    canShift: true,
  };
}
