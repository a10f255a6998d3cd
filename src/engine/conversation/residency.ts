import type { CacheOrigin, RebuildReason } from '../../shared/protocol/status.ts';
import type { CacheListener } from '../cache/cache-listener.ts';
import type { CacheJournal, JournalEntry, JournalHead } from '../memory/cache-journal.ts';
import type { CheckpointFiles } from '../memory/checkpoint-files.ts';
import { difference, identityOf } from '../memory/identity.ts';
import type { Transcript } from '../memory/transcript.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { Dialogue } from './dialogue.ts';
import { NEW_DIALOGUE, type DialogueListener, type DialogueState } from './dialogue-state.ts';
import { followTranscript } from './follow-transcript.ts';
import type { HeldDialogue } from './held-dialogue.ts';
import { dialogueParts, openDialogue, type DialogueOptions, type Manners } from './open-dialogue.ts';
import { pastTurn, type PastTurn } from './past-turns.ts';
import { newestLeftOut, refillTurns, TURNS_FOR_REFILL } from './refill-turns.ts';
import type { Arrival } from './seat.ts';

/** As often may a process have died while it went on from a checkpoint; then the checkpoint is the cause. */
const MOST_ATTEMPTS = 2;

/** What a batch takes besides its tokens, in tokens of a prefill: what the model said was decoded one by one. */
const BATCH_COST = 3;

export interface ResidencyListener extends CacheListener {
  /** Progress of going on from a checkpoint, in tokens. */
  readonly onRestore: (done: number, total: number) => void;
  /** Progress of filling the cache from the text, in tokens. */
  readonly onRebuild: (done: number, total: number) => void;
  readonly onWarning: (problem: string) => void;
}

/** What is kept of a conversation's cache. */
export interface Keepsakes {
  readonly conversationId: string;
  readonly transcript: Transcript;
  readonly journal: CacheJournal;
  readonly files: CheckpointFiles;
}

/**
 * How a conversation comes into the cache and leaves it: as it was, from a checkpoint and the journal of what was done
 * since; or, where these do not fit, from the text of its newest turns.
 */
export class Residency {
  readonly #keepsakes: Keepsakes;
  readonly #listener: ResidencyListener & DialogueListener;
  #origin: CacheOrigin | undefined;
  /** Whether what is there, in memory and on the disk, lacks turns that are to be there again. */
  #lacksTurns = false;

  constructor(keepsakes: Keepsakes, listener: ResidencyListener) {
    this.#keepsakes = keepsakes;
    const note = (entry: JournalEntry): void => keepsakes.journal.note(entry);
    this.#listener = { ...listener, onOperation: note, onChange: (change) => note({ kind: 'dialogue', change }) };
  }

  /** How it came into the cache; `undefined` while it never was. */
  get origin(): CacheOrigin | undefined {
    return this.#origin;
  }

  /** What it would take to do again what was done since the checkpoint, in tokens of a prefill. */
  get atStake(): number {
    return costOf(this.#keepsakes.journal.extent);
  }

  /**
   * Brings the conversation into the model's context, whatever was in it before.
   *
   * @throws the signal's reason, with nothing lost.
   */
  async arrive(arrival: Arrival<LoadedModel>): Promise<Dialogue> {
    const head = this.#lacksTurns ? undefined : await this.#headFor(arrival);
    const found = head ? await this.#restored(head, arrival) : this.#withoutHead;
    if (found instanceof Dialogue) return found;
    if (head && found !== 'edited') this.#listener.onWarning(`the cache cannot be restored: ${found}`);
    return this.#rebuilt(found, arrival);
  }

  /**
   * Has the cache follow what became of its turns while it was there.
   *
   * @returns whether it could; otherwise the conversation has to arrive anew.
   */
  async follow(dialogue: HeldDialogue): Promise<boolean> {
    const { transcript, journal } = this.#keepsakes;
    const follows = await followTranscript(dialogue, transcript, (turnId) => transcript.isShown(turnId));
    if (follows) {
      transcript.atOnce(() => {
        journal.flush();
        transcript.rewinding.noteCacheFollowed();
      });
    }
    this.#lacksTurns = !follows;
    return follows;
  }

  /** What there is to go on from; where that is of another model, or a server had the conversation, what was kept of this one. */
  async #headFor({ loaded, systemPrompt }: Arrival<LoadedModel>): Promise<JournalHead | undefined> {
    const { journal } = this.#keepsakes;
    const head = journal.read();
    const isHere = head && difference(head.manifest.identity, await identityOf(loaded, systemPrompt)) !== 'other-model';
    return !isHere && journal.exchange(loaded.fingerprint) ? journal.read() : head;
  }

  get #withoutHead(): RebuildReason {
    if (this.#lacksTurns) return 'edited';
    return this.#keepsakes.journal.isBroken ? 'journal-damaged' : 'no-checkpoint';
  }

  /** Writes down what was noted of the cache. @throws EndlessError `storage-failed` */
  flush(): void {
    this.#keepsakes.journal.flush();
  }

  /**
   * Writes the cache to the disk, unless nothing was done since it was.
   *
   * @param mostBytes what all checkpoints together may take; one that is larger is not kept.
   */
  async save(dialogue: Dialogue, loaded: LoadedModel, systemPrompt: string, mostBytes: number): Promise<void> {
    const { conversationId, journal, files } = this.#keepsakes;
    if (!journal.isBehind || journal.isBroken || mostBytes === 0) return;
    const identity = await identityOf(loaded, systemPrompt);
    const file = await files.write(conversationId, (path) => dialogue.cache.save(path));
    if (file.bytes > mostBytes) {
      this.#listener.onWarning(`a checkpoint of ${String(file.bytes)} bytes is larger than all may be together`);
      return files.remove(file);
    }
    const { cache, state } = dialogue;
    journal.begin({ identity, checkpoint: { file, cache: cache.ledger, dialogue: { ...state, pending: [...state.pending] } } });
    try {
      journal.flush();
    } catch (error) {
      journal.forget();
      await files.remove(file);
      throw error;
    }
    await files.removeAllBut(conversationId, [file, ...journal.filesAside]);
    await files.prune(mostBytes);
  }

  /** Nothing that was written down of the cache since another model was left is to be used again. */
  discard(): void {
    this.#keepsakes.journal.discard();
  }

  /** The same holds for what was kept for other models: the conversation itself is another. */
  discardAll(): void {
    this.#keepsakes.journal.discardAll();
  }

  /** Removes every checkpoint of the conversation. */
  removeFiles(): Promise<void> {
    const { conversationId, files } = this.#keepsakes;
    return files.removeAllBut(conversationId);
  }

  async #restored(head: JournalHead, arrival: Arrival<LoadedModel>): Promise<Dialogue | RebuildReason> {
    const { journal, files } = this.#keepsakes;
    const { loaded, systemPrompt, signal } = arrival;
    const { identity, checkpoint } = head.manifest;
    const obstacle = difference(identity, await identityOf(loaded, systemPrompt));
    if (obstacle) return obstacle;
    if (head.attempts >= MOST_ATTEMPTS) return 'crashed';
    if (costOf(head) > loaded.facts.window) return 'journal-too-long';
    const entries = journal.entries();
    if (!entries) return 'journal-damaged';
    // Every eviction would be a rebuild of its own.
    if (!loaded.facts.canShift && entries.some(({ kind }) => kind === 'evict')) return 'journal-too-long';
    this.#listener.onRestore(0, head.tokens);
    const file = checkpoint && (await files.verified(checkpoint.file));
    if (typeof file === 'string') return file;
    try {
      return await journal.attempt(() => this.#replayed(head, entries, file?.path, arrival));
    } catch (error) {
      signal.throwIfAborted();
      this.#listener.onWarning(`the cache cannot be restored: ${String(error)}`);
      return 'failed';
    }
  }

  async #replayed(
    head: JournalHead,
    entries: readonly JournalEntry[],
    path: string | undefined,
    { loaded, systemPrompt, before, signal, manners }: Arrival<LoadedModel>,
  ): Promise<Dialogue | RebuildReason> {
    const { journal, transcript } = this.#keepsakes;
    const { tokens, manifest } = head;
    const { checkpoint } = manifest;
    const parts = dialogueParts(loaded, systemPrompt, this.#options(signal, manners));
    await loaded.sequence.clearHistory();
    if (checkpoint && path !== undefined) await parts.cache.load(path, checkpoint.cache);
    let state: DialogueState = { ...NEW_DIALOGUE, ...(checkpoint?.dialogue as DialogueState | undefined) };
    let done = 0;
    for (const entry of entries) {
      const base = done;
      const onProgress = (some: number): void => this.#listener.onRestore((done = base + some), tokens);
      if (entry.kind === 'dialogue') state = { ...state, ...entry.change };
      else await parts.cache.replay(entry, { signal, onProgress });
    }
    journal.goOn(head);
    const dialogue = Dialogue.resume(parts, state);
    await dialogue.closeInterrupted((turnId) => transcript.turn(turnId).answer !== '');
    if (!(await followTranscript(dialogue, transcript, (turnId) => transcript.isWanted(turnId)))) return 'edited';
    const missed = manifest.wasAside ? this.#missedBy(dialogue, before) : [];
    const caughtUp = await dialogue.catchUp(missed, (done, total) => this.#listener.onRestore(tokens + done, tokens + total), signal);
    if (caughtUp === undefined) return 'other-model';
    transcript.atOnce(() => {
      journal.flush();
      transcript.rewinding.noteCacheFollowed();
    });
    this.#origin = { kind: 'restored', tokens: tokens + caughtUp };
    return dialogue;
  }

  /** The turns that were answered by another model since the newest one in the cache. */
  #missedBy(dialogue: Dialogue, before: number): readonly PastTurn[] {
    const { transcript } = this.#keepsakes;
    const missed = transcript.turnsAfter(Math.max(0, ...dialogue.turnIds), TURNS_FOR_REFILL);
    return missed.filter(({ id, answer }) => id < before && answer !== '' && transcript.isWanted(id)).map(pastTurn);
  }

  async #rebuilt(reason: RebuildReason, { loaded, systemPrompt, before, signal, manners }: Arrival<LoadedModel>): Promise<Dialogue> {
    const { conversationId, journal, transcript, files } = this.#keepsakes;
    const { newest, past } = refillTurns(transcript, before);
    journal.begin({ identity: await identityOf(loaded, systemPrompt) });
    try {
      const dialogue = await openDialogue(loaded, systemPrompt, this.#options(signal, manners));
      await dialogue.refill(past, this.#listener.onRebuild, signal);
      transcript.atOnce(() => {
        journal.flush();
        transcript.moveCacheEdge(newestLeftOut(newest, dialogue.turnIds, transcript));
        transcript.rewinding.noteCacheFollowed();
      });
      this.#lacksTurns = false;
      await files.removeAllBut(conversationId, journal.filesAside);
      const leftOut = past.filter(({ id, pinned }) => pinned && !dialogue.turnIds.includes(id)).length;
      const rebuilt = { kind: 'rebuilt', reason, ...(leftOut > 0 && { pinsLeftOut: leftOut }) } as const;
      this.#origin = past.length > 0 || reason === 'edited' ? rebuilt : { kind: 'new' };
      return dialogue;
    } catch (error) {
      // What is in the database still is what it was; the half that was noted is not.
      journal.forget();
      throw error;
    }
  }

  #options(signal: AbortSignal, manners: Manners): DialogueOptions {
    return { ...manners, listener: this.#listener, signal };
  }
}

/** What it takes to do so much again, in tokens of a prefill. */
function costOf({ tokens, batches }: Pick<JournalHead, 'tokens' | 'batches'>): number {
  return tokens + batches * BATCH_COST;
}
