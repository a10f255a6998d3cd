import { chmodSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import * as v from 'valibot';
import { sqlite } from '../../link/sqlite.ts';
import { EndlessError } from '../../shared/errors.ts';
import { TurnSchema, type Turn } from '../../shared/protocol.ts';
import type { Eviction } from '../cache/kv-cache.ts';
import { ClearedTurns } from './cleared-turns.ts';
import { PassageIndex, type PassageHit, type SearchOptions } from './passage-index.ts';
import { migrate } from './transcript-schema.ts';

/** Counters of one local day. */
export interface DayCounters {
  readonly tokens: number;
  readonly evicted: number;
  readonly evictions: number;
  readonly rebuilds: number;
}

/** A passage that was found, with its text. */
export interface Passage extends PassageHit {
  readonly text: string;
  /** When its turn began, and the part of the conversation it belongs to. */
  readonly createdAt: number;
  readonly section: number;
}

export type TurnChange = Partial<Pick<Turn, 'state' | 'finish' | 'error' | 'stats'>>;

/**
 * Everything that was ever said in one conversation. Text is the truth: a message is here before it is evaluated, and
 * an answer before it is shown. Every write is a transaction in WAL mode, so a killed process loses nothing.
 */
export class Transcript {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #index: PassageIndex;
  /** Where a damaged database was put when this one was begun, if there was one. */
  readonly setAside: string | undefined;
  /** What was cleared, and what is to be deleted. */
  readonly cleared: ClearedTurns;

  private constructor(database: DatabaseSync, setAside: string | undefined) {
    this.#database = database;
    this.#index = new PassageIndex(database);
    this.setAside = setAside;
    this.cleared = new ClearedTurns(database, this.#index);
  }

  /**
   * Opens the conversation's database, or begins it. One that is damaged is kept beside under another name.
   *
   * @throws EndlessError `storage-failed`.
   */
  static open(directory: string, conversationId: string): Transcript {
    const path = join(directory, 'conversations', `${conversationId}.sqlite`);
    try {
      mkdirSync(join(directory, 'conversations'), { recursive: true, mode: 0o700 });
      const database = openSound(path);
      if (database) return new Transcript(database, undefined);
      const aside = `${path}.damaged-${String(Date.now())}`;
      renameSync(path, aside);
      return new Transcript(openNew(path), aside);
    } catch (error) {
      throw EndlessError.from(error, 'storage-failed');
    }
  }

  /**
   * Writes a message down. One that was written before under the same key is not written again.
   *
   * @returns the turn, and whether it is new.
   */
  add(key: string, message: string): { readonly turn: Turn; readonly added: boolean } {
    const { changes } = this.#run(
      `INSERT OR IGNORE INTO turns (key, created_at, state, message, section)
       SELECT ?, ?, 'queued', ?, section FROM current_section`,
      [key, Date.now(), message],
    );
    const row = this.#all('SELECT * FROM turns WHERE key = ?', [key]).map(toTurn)[0];
    if (!row) throw new EndlessError('storage-failed', { key });
    return { turn: row, added: changes > 0 };
  }

  appendAnswer(turnId: number, text: string): void {
    this.#run('UPDATE turns SET answer = answer || ? WHERE id = ?', [text, turnId]);
  }

  /** Writes down what has become of a turn; when that is its end, its passages can be found from now on. */
  change(turnId: number, change: TurnChange): Turn {
    const columns = Object.entries(change).filter(([, value]) => value !== undefined);
    const assignments = columns.map(([name]) => `${name} = ?`).join(', ');
    const values = columns.map(([, value]) => (typeof value === 'string' ? value : JSON.stringify(value)));
    return this.#atOnce(() => {
      this.#run(`UPDATE turns SET ${assignments} WHERE id = ?`, [...values, turnId]);
      const turn = this.turn(turnId);
      if (change.state !== undefined && isFound(turn)) this.#index.put(turn);
      return turn;
    });
  }

  /**
   * The passages of turns that have ended which share the rarest words with a text, best first. Any text will do: none
   * is taken for a query language. What was cleared is not found.
   */
  search(text: string, options: Omit<SearchOptions, 'newerThan'>): readonly Passage[] {
    const hits = this.#guarded(() => this.#index.search(text, { ...options, newerThan: this.cleared.upTo }));
    const turns = new Map(hits.map(({ turnId }) => [turnId, this.turn(turnId)]));
    return hits.flatMap((hit) => {
      const turn = turns.get(hit.turnId);
      return turn ? [{ ...hit, text: turn[hit.role].slice(hit.start, hit.end), createdAt: turn.createdAt, section: turn.section }] : [];
    });
  }

  /**
   * Makes some turns findable that are from before there was an index, newest first.
   *
   * @returns whether there may be more of them.
   */
  indexSome(most: number): boolean {
    return this.#atOnce(() => {
      const ids = this.#index.unindexed(most);
      for (const id of ids) this.#index.put(this.turn(id));
      return ids.length === most;
    });
  }

  turn(turnId: number): Turn {
    const turn = this.#all('SELECT * FROM turns WHERE id = ?', [turnId]).map(toTurn)[0];
    if (!turn) throw new EndlessError('internal', { turnId });
    return turn;
  }

  /** The newest turns older than `before`, oldest first. */
  turns(limit: number, before = Number.MAX_SAFE_INTEGER): readonly Turn[] {
    return this.#all('SELECT * FROM turns WHERE forgotten = 0 AND id < ? ORDER BY id DESC LIMIT ?', [before, limit]).map(toTurn).reverse();
  }

  hasTurnsBefore(turnId: number): boolean {
    return this.#all('SELECT 1 FROM turns WHERE forgotten = 0 AND id < ? LIMIT 1', [turnId]).length > 0;
  }

  /** The oldest turns newer than `after`, oldest first. */
  turnsAfter(after: number, limit: number): readonly Turn[] {
    return this.#all('SELECT * FROM turns WHERE forgotten = 0 AND id > ? ORDER BY id LIMIT ?', [after, limit]).map(toTurn);
  }

  /** How many turns there are. */
  get size(): number {
    return Number(this.#all('SELECT count(*) AS turns FROM turns WHERE forgotten = 0', [])[0]?.['turns']);
  }

  /** Turns that a process which is no more left unfinished, oldest first. */
  unfinished(): readonly Turn[] {
    return this.#all(`SELECT * FROM turns WHERE forgotten = 0 AND state IN ('queued', 'running') ORDER BY id`, []).map(toTurn);
  }

  /** Hides a turn, and lets it not be found; its text stays in the file. */
  forget(turnId: number): void {
    this.#atOnce(() => {
      this.#run('UPDATE turns SET forgotten = 1 WHERE id = ?', [turnId]);
      this.#index.remove(turnId);
    });
  }

  recordEviction({ tokens, turnIds, goneTurnIds }: Eviction): void {
    this.#run('INSERT INTO evictions VALUES (?, ?, ?)', [Date.now(), tokens, JSON.stringify(turnIds)]);
    this.count({ evicted: tokens, evictions: 1 });
    this.moveCacheEdge(Math.max(this.evictedUpTo, ...goneTurnIds));
  }

  /** The newest turn of which nothing is left in the cache; 0 when there is none. */
  get evictedUpTo(): number {
    return Number(this.#all('SELECT evicted_up_to FROM cache_edge', [])[0]?.['evicted_up_to']);
  }

  moveCacheEdge(turnId: number): void {
    this.#run('UPDATE cache_edge SET evicted_up_to = ?', [turnId]);
  }

  /** The section that the next message belongs to. */
  get section(): number {
    return Number(this.#all('SELECT section FROM current_section', [])[0]?.['section']);
  }

  /** Begins a new section, unless the current one is empty. */
  beginSection(): void {
    this.#run('UPDATE current_section SET section = coalesce((SELECT max(section) + 1 FROM turns WHERE forgotten <> 1), 0)', []);
  }

  /** The newest turn that the user wants out of the cache, also when it is filled again; 0 when there is none. */
  get compactedUpTo(): number {
    return Number(this.#all('SELECT compacted_up_to FROM current_section', [])[0]?.['compacted_up_to']);
  }

  compactUpTo(turnId: number): void {
    this.#run('UPDATE current_section SET compacted_up_to = max(compacted_up_to, ?)', [turnId]);
  }

  /** Adds to today's counters. */
  count(counters: Partial<DayCounters>): void {
    const { tokens = 0, evicted = 0, evictions = 0, rebuilds = 0 } = counters;
    this.#run(
      `INSERT INTO days VALUES (?, ?, ?, ?, ?) ON CONFLICT (day) DO UPDATE SET tokens = tokens + excluded.tokens,
       evicted = evicted + excluded.evicted, evictions = evictions + excluded.evictions, rebuilds = rebuilds + excluded.rebuilds`,
      [today(), tokens, evicted, evictions, rebuilds],
    );
  }

  get today(): DayCounters {
    const row = this.#all('SELECT * FROM days WHERE day = ?', [today()])[0];
    return v.parse(DayCountersSchema, row ?? { tokens: 0, evicted: 0, evictions: 0, rebuilds: 0 });
  }

  close(): void {
    this.#database.close();
  }

  /** All of it or nothing. */
  #atOnce<T>(work: () => T): T {
    return this.#guarded(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.#database.exec('COMMIT');
        return result;
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  #run(sql: string, values: readonly SQLInputValue[]): { readonly changes: number } {
    return this.#guarded(() => ({ changes: Number(this.#prepare(sql).run(...values).changes) }));
  }

  #all(sql: string, values: readonly SQLInputValue[]): readonly Record<string, unknown>[] {
    return this.#guarded(() => this.#prepare(sql).all(...values));
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw EndlessError.from(error, 'storage-failed');
    }
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** Whether its passages can be found: it has ended, and both sides of it were said. */
function isFound({ state }: Turn): boolean {
  return state === 'done' || state === 'stopped' || state === 'interrupted';
}

const DayCountersSchema = v.object({ tokens: v.number(), evicted: v.number(), evictions: v.number(), rebuilds: v.number() });

function openNew(path: string): DatabaseSync {
  const { DatabaseSync } = sqlite();
  const database = new DatabaseSync(path);
  chmodSync(path, 0o600);
  database.exec('PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  migrate(database);
  return database;
}

/** `undefined` when the file is not a sound database. */
function openSound(path: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = openNew(path);
    // What cannot be made again is looked through; the index of a long conversation would take seconds.
    if (database.prepare('PRAGMA quick_check(turns)').get()?.['quick_check'] === 'ok') return database;
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  database?.close();
  return undefined;
}

/** SQLITE_CORRUPT and SQLITE_NOTADB (https://sqlite.org/rescode.html). */
function isDamage(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (error.errcode === 11 || error.errcode === 26);
}

function toTurn(row: Record<string, unknown>): Turn {
  return v.parse(TurnSchema, {
    id: row['id'],
    createdAt: row['created_at'],
    section: row['section'],
    state: row['state'],
    message: row['message'],
    answer: row['answer'],
    finish: row['finish'] ?? undefined,
    error: parseJson(row['error']),
    stats: parseJson(row['stats']),
  });
}

function parseJson(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : undefined;
}

/** The local date, as `2026-11-21`. */
function today(): string {
  const now = new Date();
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(now.getFullYear())}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
