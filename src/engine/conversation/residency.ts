import type { CacheOrigin, RebuildReason, Turn } from '../../shared/protocol.ts';
import type { CacheListener } from '../cache/cache-listener.ts';
import type { CacheJournal, JournalEntry, JournalHead } from '../memory/cache-journal.ts';
import type { CheckpointFiles } from '../memory/checkpoint-files.ts';
import { difference, identityOf } from '../memory/identity.ts';
import type { Transcript } from '../memory/transcript.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { Dialogue } from './dialogue.ts';
import { NEW_DIALOGUE, type DialogueListener, type DialogueState } from './dialogue-state.ts';
import { followTranscript } from './follow-transcript.ts';
import { dialogueParts, openDialogue, type DialogueOptions, type Manners } from './open-dialogue.ts';
import { pastTurn } from './past-turns.ts';

/** Turns that are looked at for filling a cache again. */
const TURNS_FOR_REBUILD = 500;

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

/** What a conversation comes into the cache for. */
export interface Arrival {
  readonly loaded: LoadedModel;
  readonly systemPrompt: string;
  /** Turns from this one on are not to be in the cache. */
  readonly before: number;
  readonly signal: AbortSignal;
  readonly manners: Manners;
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
  async arrive(arrival: Arrival): Promise<Dialogue> {
    const { journal } = this.#keepsakes;
    const head = this.#lacksTurns ? undefined : journal.read();
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
  async follow(dialogue: Dialogue): Promise<boolean> {
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
    await files.removeAllBut(conversationId, file);
    await files.prune(mostBytes);
  }

  /** Nothing that was written down of the cache is to be used again. */
  discard(): void {
    this.#keepsakes.journal.discard();
  }

  /** Removes every checkpoint of the conversation. */
  removeFiles(): Promise<void> {
    const { conversationId, files } = this.#keepsakes;
    return files.removeAllBut(conversationId);
  }

  async #restored(head: JournalHead, arrival: Arrival): Promise<Dialogue | RebuildReason> {
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
    { loaded, systemPrompt, signal, manners }: Arrival,
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
      const before = done;
      const onProgress = (some: number): void => this.#listener.onRestore((done = before + some), tokens);
      if (entry.kind === 'dialogue') state = { ...state, ...entry.change };
      else await parts.cache.replay(entry, { signal, onProgress });
    }
    journal.goOn(head);
    const dialogue = Dialogue.resume(parts, state);
    await dialogue.closeInterrupted((turnId) => transcript.turn(turnId).answer !== '');
    if (!(await followTranscript(dialogue, transcript, (turnId) => transcript.isWanted(turnId)))) return 'edited';
    transcript.atOnce(() => {
      journal.flush();
      transcript.rewinding.noteCacheFollowed();
    });
    this.#origin = { kind: 'restored', tokens };
    return dialogue;
  }

  async #rebuilt(reason: RebuildReason, { loaded, systemPrompt, before, signal, manners }: Arrival): Promise<Dialogue> {
    const { conversationId, journal, transcript, files } = this.#keepsakes;
    const newestTurns = transcript.turns(TURNS_FOR_REBUILD, before);
    const pinned = transcript.pinned(newestTurns[0]?.id ?? 0);
    const past = [...pinned, ...newestTurns].filter(({ id, answer }) => answer !== '' && transcript.isWanted(id)).map(pastTurn);
    journal.begin({ identity: await identityOf(loaded, systemPrompt) });
    try {
      const dialogue = await openDialogue(loaded, systemPrompt, this.#options(signal, manners));
      await dialogue.refill(past, this.#listener.onRebuild, signal);
      transcript.atOnce(() => {
        journal.flush();
        transcript.moveCacheEdge(newestLeftOut(newestTurns, dialogue.turnIds, transcript));
        transcript.rewinding.noteCacheFollowed();
      });
      this.#lacksTurns = false;
      await files.removeAllBut(conversationId);
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

/** The newest turn with an answer that is not in a cache that was filled again; 0 when all are. */
function newestLeftOut(newest: readonly Turn[], held: readonly number[], transcript: Transcript): number {
  const leftOut = newest.findLast(({ id, answer }) => answer !== '' && !held.includes(id));
  if (leftOut) return leftOut.id;
  const oldest = newest[0]?.id;
  return oldest !== undefined && transcript.hasTurnsBefore(oldest) ? oldest - 1 : 0;
}

/** What it takes to do so much again, in tokens of a prefill. */
function costOf({ tokens, batches }: Pick<JournalHead, 'tokens' | 'batches'>): number {
  return tokens + batches * BATCH_COST;
}
