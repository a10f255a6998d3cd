import { join } from 'node:path';
import { SQLITE, sqliteCode } from '../../link/sqlite.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { Attachment } from '../../shared/attachments.ts';
import type { Turn } from '../../shared/protocol/turn.ts';
import type { Eviction } from '../cache/cache-listener.ts';
import { CacheJournal } from './cache-journal.ts';
import { ClearedTurns } from './cleared-turns.ts';
import { Database } from './database.ts';
import { DaySamples } from './day-samples.ts';
import { Days, type DayCounters } from './days.ts';
import { PassageIndex, type Found, type PassageHit, type SearchOptions } from './passage-index.ts';
import { Rewinding } from './rewinding.ts';
import { isDamage } from './transcript-file.ts';
import { toColumns, toTurn, type TurnChange } from './turn-row.ts';

/** A passage that was found, with its text. */
export interface Passage extends PassageHit {
  readonly text: string;
  /** When its turn began, and the part of the conversation it belongs to. */
  readonly createdAt: number;
  readonly section: number;
}

/** What a search has found, with the texts. */
export interface FoundPassages extends Omit<Found, 'hits'> {
  /** Best first. */
  readonly passages: readonly Passage[];
}

/** What a message comes with. */
export interface Enclosed {
  /** Whether its author wants passages recalled for it. */
  readonly asksForRecall?: boolean | undefined;
  readonly attachments?: readonly Attachment[] | undefined;
  /** The turn that it takes the place of, with all behind it. */
  readonly replaces?: number | undefined;
}

/** What became of a message that was to be written down. */
export interface Added {
  readonly turn: Turn;
  /** Whether it is new. */
  readonly added: boolean;
  /** Whether others have made way for it. */
  readonly hasReplaced: boolean;
}

/**
 * Everything that was ever said in one conversation. Text is the truth: a message is here before it is evaluated, and
 * an answer before it is shown. Every write is a transaction in WAL mode, so a killed process loses nothing.
 */
export class Transcript {
  readonly #database: Database;
  readonly #index: PassageIndex;
  readonly #days: Days;
  /** What was cleared, and what is to be deleted. */
  readonly cleared: ClearedTurns;
  /** What was taken back since others took its place. */
  readonly rewinding: Rewinding;
  /** What was done to the conversation's cache, in the same database. */
  readonly journal: CacheJournal;
  /** What was measured at the end of answers, in the same database. */
  readonly samples: DaySamples;
  #onIndexBegunAnew: () => void = () => undefined;

  constructor(database: Database) {
    this.#database = database;
    this.#index = new PassageIndex(database);
    this.#days = new Days(database);
    this.cleared = new ClearedTurns(database, this.#index);
    this.rewinding = new Rewinding(database, this.#index);
    this.journal = new CacheJournal(database);
    this.samples = new DaySamples(database);
  }

  /**
   * Opens the conversation's database, or begins it.
   *
   * @throws EndlessError `transcript-newer` when a newer version has written it: it is left as it is; `disk-full`,
   *   `storage-read-only` or `storage-failed`, as every other method.
   */
  static open(directory: string, conversationId: string): Transcript {
    return new Transcript(Database.open(join(directory, 'conversations', `${conversationId}.sqlite`)));
  }

  /** Where a damaged database was put when this one was begun, if there was one. */
  get setAside(): string | undefined {
    return this.#database.setAside;
  }

  /** Writes all of it or nothing. */
  atOnce<T>(work: () => T): T {
    return this.#database.atOnce(work);
  }

  /**
   * Writes a message down, and hides what it takes the place of. One that was written before under the same key is not written
   * again, and hides nothing a second time.
   */
  add(key: string, message: string, { asksForRecall = false, attachments = [], replaces }: Enclosed = {}): Added {
    return this.#atOnceMending(() => {
      const known = this.#withKey(key);
      if (known) return { turn: known, added: false, hasReplaced: false };
      const hasReplaced = replaces !== undefined && this.rewinding.to(replaces);
      const columns = toColumns({
        ...(attachments.length > 0 && { attachments: [...attachments] }),
        ...(asksForRecall && { recall: NOTHING_RECALLED_YET }),
      });
      this.#database.run(
        `INSERT INTO turns (key, created_at, state, message, section${columns.map(([name]) => `, ${name}`).join('')})
         SELECT ?, ?, 'queued', ?, section${', ?'.repeat(columns.length)} FROM current_section`,
        [key, Date.now(), message, ...columns.map(([, value]) => value)],
      );
      const turn = this.#withKey(key);
      if (!turn) throw new EndlessError('storage-failed', { key });
      return { turn, added: true, hasReplaced };
    });
  }

  appendAnswer(turnId: number, text: string): void {
    this.#database.run('UPDATE turns SET answer = answer || ? WHERE id = ?', [text, turnId]);
  }

  appendThoughts(turnId: number, text: string): void {
    this.#database.run('UPDATE turns SET thoughts = thoughts || ? WHERE id = ?', [text, turnId]);
  }

  /** Writes down what has become of a turn; when that is its end, its passages can be found from now on. */
  change(turnId: number, change: TurnChange): Turn {
    const columns = toColumns(change);
    const assignments = columns.map(([name]) => `${name} = ?`).join(', ');
    return this.#atOnceMending(() => {
      this.#database.run(`UPDATE turns SET ${assignments} WHERE id = ?`, [...columns.map(([, value]) => value), turnId]);
      const turn = this.turn(turnId);
      if (change.state !== undefined && isFound(turn) && !this.#isForgotten(turnId)) this.#index.put(turn);
      return turn;
    });
  }

  /**
   * The passages of turns that have ended which share the rarest words with a text, best first. Any text will do: none
   * is taken for a query language. What was cleared is not found.
   */
  search(text: string, options: Omit<SearchOptions, 'newerThan'>): FoundPassages {
    const { hits, ...query } = this.#mending(() => this.#index.search(text, { ...options, newerThan: this.cleared.upTo }));
    const turns = new Map([...new Set(hits.map(({ turnId }) => turnId))].map((id) => [id, this.turn(id)]));
    const passages = hits.flatMap((hit) => {
      const turn = turns.get(hit.turnId);
      return turn ? [{ ...hit, text: turn[hit.role].slice(hit.start, hit.end), createdAt: turn.createdAt, section: turn.section }] : [];
    });
    return { ...query, passages };
  }

  /**
   * Makes some turns findable that are from before there was an index, newest first.
   *
   * @returns whether there may be more of them.
   */
  indexSome(most: number): boolean {
    return this.#atOnceMending(() => {
      const ids = this.#index.unindexed(most);
      for (const id of ids) this.#index.put(this.turn(id));
      return ids.length === most;
    });
  }

  /** @param listener is called when the index was damaged and has been begun anew, so that `indexSome` has work again. */
  onIndexBegunAnew(listener: () => void): void {
    this.#onIndexBegunAnew = listener;
  }

  turn(turnId: number): Turn {
    const turn = this.#database.all('SELECT * FROM turns WHERE id = ?', [turnId]).map(toTurn)[0];
    if (!turn) throw new EndlessError('internal', { turnId });
    return turn;
  }

  /** The newest turns older than `before`, oldest first. */
  turns(limit: number, before = Number.MAX_SAFE_INTEGER): readonly Turn[] {
    return this.#database
      .all('SELECT * FROM turns WHERE forgotten = 0 AND id < ? ORDER BY id DESC LIMIT ?', [before, limit])
      .map(toTurn)
      .reverse();
  }

  hasTurnsBefore(turnId: number): boolean {
    return this.#database.all('SELECT 1 FROM turns WHERE forgotten = 0 AND id < ? LIMIT 1', [turnId]).length > 0;
  }

  /** The oldest turns newer than `after`, oldest first. */
  turnsAfter(after: number, limit: number): readonly Turn[] {
    return this.#database.all('SELECT * FROM turns WHERE forgotten = 0 AND id > ? ORDER BY id LIMIT ?', [after, limit]).map(toTurn);
  }

  /** How many turns there are. */
  get size(): number {
    return Number(this.#database.all('SELECT count(*) AS turns FROM turns WHERE forgotten = 0', [])[0]?.['turns']);
  }

  /** Turns that a process which is no more left unfinished, oldest first. */
  unfinished(): readonly Turn[] {
    return this.#database.all(`SELECT * FROM turns WHERE forgotten = 0 AND state IN ('queued', 'running') ORDER BY id`).map(toTurn);
  }

  /** Whether there is such a turn, and it was neither forgotten nor cleared. */
  isShown(turnId: number): boolean {
    return this.#database.all('SELECT 1 FROM turns WHERE id = ? AND forgotten = 0', [turnId]).length > 0;
  }

  /** The turns before one that are never to be evicted, oldest first. */
  pinned(before: number): readonly Turn[] {
    return this.#database.all('SELECT * FROM turns WHERE forgotten = 0 AND pinned = 1 AND id < ? ORDER BY id', [before]).map(toTurn);
  }

  /** Hides a turn, and lets it not be found; its text stays in the file. */
  forget(turnId: number): void {
    this.#atOnceMending(() => {
      this.#database.run('UPDATE turns SET forgotten = 1 WHERE id = ?', [turnId]);
      this.#index.remove(turnId);
    });
  }

  recordEviction({ tokens, turnIds, goneTurnIds }: Eviction): void {
    this.#database.run('INSERT INTO evictions VALUES (?, ?, ?)', [Date.now(), tokens, JSON.stringify(turnIds)]);
    this.count({ evicted: tokens, evictions: 1 });
    this.moveCacheEdge(Math.max(this.evictedUpTo, ...goneTurnIds));
  }

  /** When something was evicted last, in milliseconds since the epoch. */
  get lastEvictionAt(): number | undefined {
    const at = this.#database.all('SELECT at FROM evictions ORDER BY rowid DESC LIMIT 1')[0]?.['at'];
    return at === undefined ? undefined : Number(at);
  }

  /** The newest turn of which nothing is left in the cache; 0 when there is none. */
  get evictedUpTo(): number {
    return Number(this.#database.all('SELECT evicted_up_to FROM cache_edge')[0]?.['evicted_up_to']);
  }

  moveCacheEdge(turnId: number): void {
    this.#database.run('UPDATE cache_edge SET evicted_up_to = ?', [turnId]);
  }

  /** The section that the next message belongs to. */
  get section(): number {
    return Number(this.#database.all('SELECT section FROM current_section')[0]?.['section']);
  }

  /** Begins a new section, unless the current one is empty. */
  beginSection(): void {
    this.#database.run('UPDATE current_section SET section = coalesce((SELECT max(section) + 1 FROM turns WHERE forgotten <> 1), 0)');
  }

  /** The user wants all turns up to this one out of the cache, also when it is filled again. */
  compactUpTo(turnId: number): void {
    this.#database.run('UPDATE current_section SET compacted_up_to = max(compacted_up_to, ?)', [turnId]);
  }

  /** Whether a turn is to be in the cache: not forgotten, and pinned or not out of the way of what the user wants there. */
  isWanted(turnId: number): boolean {
    const wanted = 'SELECT 1 FROM turns, current_section WHERE id = ? AND forgotten = 0 AND (pinned = 1 OR id > compacted_up_to)';
    return this.#database.all(wanted, [turnId]).length > 0;
  }

  /** Adds to today's counters. */
  count(counters: Partial<DayCounters>): void {
    this.#days.count(counters);
  }

  get today(): DayCounters {
    return this.#days.today;
  }

  close(): void {
    this.#database.close();
  }

  #withKey(key: string): Turn | undefined {
    return this.#database.all('SELECT * FROM turns WHERE key = ?', [key]).map(toTurn)[0];
  }

  #isForgotten(turnId: number): boolean {
    return this.#database.all('SELECT 1 FROM turns WHERE id = ? AND forgotten = 1', [turnId]).length > 0;
  }

  #atOnceMending<T>(work: () => T): T {
    return this.#mending(() => this.#database.atOnce(work));
  }

  /** Damage to the index must cost no text, nor an answer: it is begun anew, and filled again when there is time. */
  #mending<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!isIndexDamage(error)) throw error;
      this.#index.beginAnew();
      this.#onIndexBegunAnew();
      return work();
    }
  }
}

/** What stands with a message that asks for recall until it is worked on. */
const NOTHING_RECALLED_YET: NonNullable<Turn['recall']> = { asked: true, passages: [] };

/** Whether its passages can be found: it has ended, and both sides of it were said. */
function isFound({ state }: Turn): boolean {
  return state === 'done' || state === 'stopped' || state === 'interrupted';
}

/** The index contradicts itself, or cannot be read. */
function isIndexDamage(error: unknown): boolean {
  const cause = error instanceof EndlessError ? error.cause : error;
  return isDamage(cause) || sqliteCode(cause) === SQLITE.CONSTRAINT;
}
