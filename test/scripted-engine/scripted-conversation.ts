import { once } from 'node:events';
import { setImmediate as nextTick } from 'node:timers/promises';
import type { ClientConnection } from '../../src/link/rpc.ts';
import { EndlessError } from '../../src/shared/errors.ts';
import type { Address } from '../../src/shared/protocol/address.ts';
import type { ConversationSnapshot, SearchHit } from '../../src/shared/protocol/conversation.ts';
import type { EngineSettings } from '../../src/shared/protocol/engine-settings.ts';
import type { EventName, EventParams } from '../../src/shared/protocol/protocol.ts';
import type { Sample } from '../../src/shared/protocol/sample.ts';
import type { Activity, Freed, Memory, Stats, Status } from '../../src/shared/protocol/status.ts';
import type { FinishReason, Turn } from '../../src/shared/protocol/turn.ts';
import { countTokens, ScriptedCache } from './scripted-cache.ts';
import { hitsIn } from './scripted-search.ts';
import { ScriptedTranscript, type Sent, type StoredTurn } from './scripted-transcript.ts';
import { scriptFor, type Step } from './scripts.ts';

const NO_STATS: Stats = {
  tokensToday: 0,
  evictedToday: 0,
  evictionsToday: 0,
  rebuildsToday: 0,
  tokensPerSecond: 0,
  firstTokenMs: 0,
  promptTokensPerSecond: 0,
  appendedTokens: 0,
  decodedTokens: 0,
};

/** Turns that clients are told when the transcript is another than before. */
const TURNS_TOLD = 50;

const MEMORY: Memory = { kvBytes: 470_000_000, processBytes: 1_240_000_000 };

const CLEARED_AT = Date.UTC(2026, 0, 2);

/** One conversation: answers its turns one after the other and tells its clients. */
export class ScriptedConversation {
  readonly #address: Address;
  readonly #transcript: ScriptedTranscript;
  readonly #crash: () => void;
  readonly #clients = new Set<ClientConnection>();
  readonly #cache = new ScriptedCache();
  #activity: Activity = { kind: 'idle' };
  #stats = NO_STATS;
  #samples: readonly Sample[] = [];
  #settings: EngineSettings | undefined;
  #freed: Freed | undefined;
  #running = false;
  #stop = new AbortController();

  constructor(address: Address, file: string, crash: () => void) {
    this.#address = address;
    this.#transcript = new ScriptedTranscript(file);
    this.#crash = crash;
  }

  open(client: ClientConnection, turns: number): ConversationSnapshot {
    this.#clients.add(client);
    void client.closed.then(() => this.#clients.delete(client));
    this.start();
    return { ...this.history(Infinity, turns), status: this.#status() };
  }

  history(before: number, turns: number): { turns: Turn[]; hasEarlier: boolean } {
    return this.#transcript.page(before, turns);
  }

  /** Takes a message into the transcript, where it waits for `start`; one whose key is known already is there. */
  accept(sent: Sent): { readonly turn: Turn; readonly isNew: boolean } {
    const { replaces } = sent;
    if (replaces !== undefined && !this.#transcript.knows(sent.key)) this.#forget({ turnId: replaces, andLater: true });
    const accepted = this.#transcript.add(sent);
    if (accepted.isNew) this.#tell('turn', { address: this.#address, turn: accepted.turn });
    return accepted;
  }

  /** Answers the queued turns, one after the other. */
  start(): void {
    void this.#run();
  }

  stop(turnId?: number): void {
    const running = this.#transcript.turns.find(({ state }) => state === 'running');
    if (turnId === undefined || turnId === running?.id) this.#stop.abort();
  }

  /** The model goes, and with it all that is told of it, until the next message. */
  free(): void {
    [this.#settings, this.#freed] = [undefined, { reason: 'command', at: CLEARED_AT }];
    this.#tellStatus();
  }

  forget(turnId: number): void {
    this.#forget({ turnId });
  }

  pin(turnId: number, pinned: boolean): void {
    this.#cache.pinTurn(turnId, pinned, this.#settings?.window ?? 0);
    this.#update(turnId, { pinned });
    this.#tellStatus();
  }

  #forget(which: { readonly turnId: number; readonly andLater?: boolean }): void {
    const { turnId, andLater = false } = which;
    const leaving = this.#transcript.turns.filter(({ id }) => id === turnId || (andLater && id > turnId));
    if (leaving.some(({ state }) => state === 'running')) this.#stop.abort();
    this.#transcript.remove(which);
    for (const { id } of leaving) this.#cache.forget(id);
    this.#tell('forgotten', { address: this.#address, ...which });
    this.#tellStatus();
  }

  later(after: number, turns: number): { turns: Turn[]; hasLater: boolean } {
    return this.#transcript.laterPage(after, turns);
  }

  get size(): number {
    return this.#transcript.turns.length;
  }

  samples(since: number): Sample[] {
    return this.#samples.filter(({ at }) => at >= since);
  }

  search(query: string, limit: number): { hits: SearchHit[] } {
    return { hits: hitsIn(this.#transcript.turns, query).slice(0, limit) };
  }

  /** @returns how many turns were cleared. */
  async clear(): Promise<number> {
    while (this.#running) {
      this.#stop.abort();
      await nextTick();
    }
    const turns = this.#transcript.clear();
    this.#cache.clear(0);
    this.#tellReplaced();
    return turns;
  }

  deleteCleared(): void {
    this.#transcript.deleteCleared();
    this.#tellStatus();
  }

  /** @returns how many turns are back. */
  undoClear(): number {
    const turns = this.#transcript.undoClear();
    this.#cache.clear(this.#transcript.turns.at(-1)?.id ?? 0);
    this.#tellReplaced();
    return turns;
  }

  /** @returns the tokens that left. */
  compact(): number {
    const tokens = this.#cache.compact(2);
    const { evictedToday, evictionsToday } = this.#stats;
    this.#stats = { ...this.#stats, evictedToday: evictedToday + tokens, evictionsToday: evictionsToday + (tokens > 0 ? 1 : 0) };
    this.#tellStatus();
    return tokens;
  }

  beginSection(): number {
    this.#transcript.beginSection();
    this.compact();
    return this.#transcript.section;
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    await nextTick(); // the request that brought the turn is answered first
    for (let next = this.#transcript.nextQueued(); next; next = this.#transcript.nextQueued()) await this.#answer(next);
    this.#running = false;
  }

  async #answer({ turn: { id, message, recall }, settings }: StoredTurn): Promise<void> {
    [this.#settings, this.#freed] = [settings, undefined];
    this.#cache.pin(settings.instructions);
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#update(id, { state: 'running' });
    if (recall?.asked)
      this.#update(id, { recall: { asked: true, passages: this.#transcript.passagesWith(message, this.#cache.evictedUpTo) } });
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
      case 'thought':
        if (this.#activity.kind !== 'generating') this.#show({ kind: 'generating', turnId });
        this.#think(turnId, step.text);
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
    const { answer } = this.#transcript.turn(turnId);
    this.#tell('text', { address: this.#address, turnId, offset: answer.length, text });
    this.#transcript.change(turnId, { answer: answer + text });
  }

  #think(turnId: number, text: string): void {
    const turn = this.#transcript.turns.find(({ id }) => id === turnId);
    if (!turn) return;
    const { thoughts = '' } = turn;
    this.#tell('text', { address: this.#address, turnId, offset: thoughts.length, text, isThought: true });
    this.#transcript.change(turnId, { thoughts: thoughts + text });
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
      promptTokensPerSecond: 640,
      ...(evicted.turns > 0 && { lastEvictionAt: Date.now() }),
    };
    this.#sample(id);
    this.#update(id, {
      state: finish === 'stopped' ? 'stopped' : 'done',
      finish,
      stats: { messageTokens, answerTokens, firstTokenMs: 210, tokensPerSecond: 38 },
    });
  }

  #sample(turnId: number): void {
    const { tokensPerSecond, firstTokenMs, promptTokensPerSecond } = this.#stats;
    const { processBytes } = MEMORY;
    const sample = { turnId, tokensPerSecond, firstTokenMs, promptTokensPerSecond, processBytes, perplexity: 1.6 };
    this.#samples = [...this.#samples, { at: Date.now(), ...sample }];
  }

  #status(): Status {
    const settings = this.#settings;
    return {
      activity: this.#activity,
      stats: this.#stats,
      evictedUpTo: this.#cache.evictedUpTo,
      section: this.#transcript.section,
      ...(this.#freed && { freed: this.#freed }),
      ...(this.#transcript.cleared > 0 && { cleared: { turns: this.#transcript.cleared, at: CLEARED_AT } }),
      ...(settings && {
        cache: this.#cache.layout(settings.window),
        model: scriptedModel(settings),
        memory: MEMORY,
        longestMessage: settings.window / 2,
      }),
    };
  }

  #show(activity: Activity): void {
    this.#activity = activity;
    this.#tellStatus();
  }

  #tellStatus(): void {
    this.#tell('status', { address: this.#address, status: this.#status() });
  }

  #tellReplaced(): void {
    this.#tell('replaced', { address: this.#address, conversation: { ...this.history(Infinity, TURNS_TOLD), status: this.#status() } });
  }

  #update(turnId: number, change: Partial<Turn>): void {
    this.#transcript.change(turnId, change);
    this.#tell('turn', { address: this.#address, turn: this.#transcript.turn(turnId) });
  }

  #tell<N extends EventName>(name: N, params: EventParams<N>): void {
    for (const client of this.#clients) client.notify(name, params);
  }
}

/** A message leaves the process a few turns of the event loop after it was handed over; this waits for many of them. */
async function everythingWritten(): Promise<void> {
  for (let turn = 0; turn < 500; turn++) await nextTick();
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
    yarnLeftOut: false,
  };
}
