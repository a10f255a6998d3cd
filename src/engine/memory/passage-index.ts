import type { Turn } from '../../shared/protocol/turn.ts';
import type { Database } from './database.ts';
import { passagesOf, type Span } from './passages.ts';
import { typedWord, wordsOf, type Word } from './words.ts';

export type Role = 'message' | 'answer';

/** A passage that was found. */
export interface PassageHit extends Span {
  readonly turnId: number;
  readonly role: Role;
  /** BM25 as SQLite has it: the smaller, the better, and never above 0. */
  readonly score: number;
}

export interface SearchOptions {
  /** Most hits, at least 1. */
  readonly limit: number;
  /** Turns that are not searched. */
  readonly except?: readonly number[];
  /** Only turns newer than this one are searched. */
  readonly newerThan?: number;
  /** Whether the text is being typed: its last word may be the beginning of one. */
  readonly isTyped?: boolean;
}

/** What a search has found, and what it went by. */
export interface Found {
  /** The words of the text that were looked up. */
  readonly words: readonly Word[];
  /**
   * How rare those of them are that stand in some passage, and their roots: 1 for what stands in one passage only, 0 for
   * what is everywhere.
   */
  readonly rarities: ReadonlyMap<string, number>;
  /** Best first. */
  readonly hits: readonly PassageHit[];
}

interface Term {
  readonly text: string;
  /** How many passages it stands in, at least 1; what is common is not counted to its end. */
  readonly passages: number;
}

/** Numbers of passages are those of their turns, times this, and then some. */
const PASSAGES_PER_TURN = 2 ** 16;
/** UTF-16 units at either end of a query that are looked at: there a long message says what it wants. */
const QUERY_END = 2_000;
/** Words of a query that are looked up, half of them at either end. */
const MOST_WORDS = 40;
/** A word that stands in more passages than this tells nothing; counting ends here. */
const COMMON = 1_500;
/** Pages of the index that are written anew at once. */
const MERGED_PAGES = 200;
/** Follows what is the beginning of a word; no word has it. */
const BEGINNING = '*';
/** Passages that the words of a query may stand in together; rare words come first, and others as long as they fit. */
const MOST_MATCHES = 5_000;

/**
 * What must be in the database; the index of a name in code weighs half as much for its parts as for the whole. Turns that were
 * cleared (2) are indexed too, since they may come back; searches leave them out.
 */
export const PASSAGE_TABLES = `
  CREATE TABLE passages (
    id    INTEGER PRIMARY KEY,
    role  TEXT NOT NULL,
    start INTEGER NOT NULL,
    end   INTEGER NOT NULL
  ) STRICT;
  CREATE VIRTUAL TABLE passage_words USING fts5 (
    words, roots, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0 tokenchars '_$'"
  );
  INSERT INTO passage_words (passage_words, rank) VALUES ('rank', 'bm25(1.0, 0.5)');
  CREATE TABLE unindexed_turns (id INTEGER PRIMARY KEY) STRICT;
  INSERT INTO unindexed_turns SELECT id FROM turns WHERE forgotten <> 1 AND state IN ('done', 'stopped', 'interrupted');
`;

/**
 * Which passages of a conversation have which words: what lies in the cache no longer is found by it again. The
 * text itself is in the transcript. Whoever calls sees to transactions and to what is thrown.
 */
export class PassageIndex {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Takes in a turn that has ended, in place of what was known of it. */
  put(turn: Pick<Turn, 'id' | 'message' | 'answer'>): void {
    this.remove(turn.id);
    const passages = [...passagesIn(turn, 'message'), ...passagesIn(turn, 'answer')].slice(0, PASSAGES_PER_TURN);
    for (const [at, { role, start, end }] of passages.entries()) {
      const id = turn.id * PASSAGES_PER_TURN + at;
      const words = wordsOf(turn[role].slice(start, end));
      this.#database.run('INSERT INTO passages VALUES (?, ?, ?, ?)', [id, role, start, end]);
      this.#database.run('INSERT INTO passage_words (rowid, words, roots) VALUES (?, ?, ?)', [
        id,
        words.map(({ whole }) => whole).join(' '),
        words.flatMap(({ roots }) => roots).join(' '),
      ]);
    }
  }

  remove(turnId: number): void {
    const range = [turnId * PASSAGES_PER_TURN, (turnId + 1) * PASSAGES_PER_TURN - 1];
    const known = this.#database.all('SELECT id FROM passages WHERE id BETWEEN ? AND ?', range);
    for (const { id } of known) this.#database.run('DELETE FROM passage_words WHERE rowid = ?', [Number(id)]);
    this.#database.run('DELETE FROM passages WHERE id BETWEEN ? AND ?', range);
    this.#database.run('DELETE FROM unindexed_turns WHERE id = ?', [turnId]);
  }

  /** Removes a turn and all newer ones, at once: one by one it is fifteen times as slow. */
  removeFrom(turnId: number): void {
    const first = [turnId * PASSAGES_PER_TURN];
    this.#database.run('DELETE FROM passage_words WHERE rowid IN (SELECT id FROM passages WHERE id >= ?)', first);
    this.#database.run('DELETE FROM passages WHERE id >= ?', first);
    this.#database.run('DELETE FROM unindexed_turns WHERE id >= ?', [turnId]);
  }

  /**
   * Writes a part of the index anew, so that in the end nothing is left in it of words that were removed.
   *
   * @param isFirst begins it; the calls after it go on.
   * @returns whether there is more to do.
   * @see https://sqlite.org/fts5.html#the_merge_command
   */
  compactSome(isFirst: boolean): boolean {
    const before = this.#totalChanges;
    this.#database.run("INSERT INTO passage_words (passage_words, rank) VALUES ('merge', ?)", [isFirst ? -MERGED_PAGES : MERGED_PAGES]);
    return this.#totalChanges - before >= 2;
  }

  get #totalChanges(): number {
    return Number(this.#database.all('SELECT total_changes() AS changes')[0]?.['changes']);
  }

  /** Forgets everything, so that all turns have to be indexed again. */
  beginAnew(): void {
    const statements = `DROP TABLE passages; DROP TABLE passage_words; DROP TABLE unindexed_turns; ${PASSAGE_TABLES}`;
    this.#database.atOnce(() => this.#database.execute(statements));
  }

  /** Turns from before there was an index, newest first. */
  unindexed(limit: number): readonly number[] {
    return this.#database.all('SELECT id FROM unindexed_turns ORDER BY id DESC LIMIT ?', [limit]).map(({ id }) => Number(id));
  }

  /** Looks for the passages that share the rarest words with a text. No text is ever taken for a query language. */
  search(text: string, options: SearchOptions): Found {
    const words = soughtWords(text);
    const typed = options.isTyped ? typedWord(text) : undefined;
    const terms = this.#terms([...words.flatMap(({ whole, roots }) => [whole, ...roots]), ...(typed ? [`${typed}${BEGINNING}`] : [])]);
    return { words, rarities: this.#rarities(terms), hits: this.#hits(terms, options) };
  }

  #hits(terms: readonly Term[], { limit, except = [], newerThan = 0 }: SearchOptions): readonly PassageHit[] {
    if (terms.length === 0) return [];
    const rare = affordable(terms);
    // Ranking looks at all passages with a word: where there are only common ones, the newest passages will do.
    const [sought, score, order] = rare.length > 0 ? [rare, 'rank', 'rank'] : [terms, '0', 'rowid DESC'];
    const query = sought.map(({ text }) => quoted(text)).join(' OR ');
    const rows = this.#database.all(
      `SELECT passages.*, score FROM
         (SELECT rowid AS id, ${score} AS score FROM passage_words WHERE passage_words MATCH ? AND rowid >= ?
          AND rowid / ${String(PASSAGES_PER_TURN)} NOT IN (SELECT value FROM json_each(?)) ORDER BY ${order} LIMIT ?)
       JOIN passages USING (id) ORDER BY score, id DESC`,
      [query, (newerThan + 1) * PASSAGES_PER_TURN, JSON.stringify(except), limit],
    );
    return rows.map(toHit);
  }

  /** Those that stand in some passage, each once, rarest first. */
  #terms(words: readonly string[]): readonly Term[] {
    return [...new Set(words)]
      .map((text) => ({ text, passages: this.#passagesWith(text) }))
      .filter(({ passages }) => passages > 0)
      .sort((a, b) => a.passages - b.passages);
  }

  #rarities(terms: readonly Term[]): ReadonlyMap<string, number> {
    const size = Number(this.#database.all('SELECT count(*) AS size FROM passages')[0]?.['size']);
    return new Map(terms.map(({ text, passages }) => [text, rarity(passages, size)]));
  }

  #passagesWith(word: string): number {
    const matches = 'SELECT count(*) AS passages FROM (SELECT 1 FROM passage_words WHERE passage_words MATCH ? LIMIT ?)';
    return Number(this.#database.all(matches, [quoted(word), COMMON])[0]?.['passages']);
  }
}

/** A term as the query language has it. */
function quoted(term: string): string {
  return term.endsWith(BEGINNING) ? `"${term.slice(0, -1)}"${BEGINNING}` : `"${term}"`;
}

/** The words at both ends of a text, each once. */
function soughtWords(text: string): readonly Word[] {
  const ends = text.length > 2 * QUERY_END ? `${text.slice(0, QUERY_END)} ${text.slice(-QUERY_END)}` : text;
  const words = [...new Map(wordsOf(ends).map((word) => [word.whole, word])).values()];
  return words.length > MOST_WORDS ? [...words.slice(0, MOST_WORDS / 2), ...words.slice(-MOST_WORDS / 2)] : words;
}

function rarity(passages: number, size: number): number {
  if (passages >= COMMON) return 0;
  return size > 1 ? Math.log(size / passages) / Math.log(size) : 1;
}

/** As many of the rarest words as may be searched for at once: a word that is everywhere tells nothing and costs most. */
function affordable(terms: readonly Term[]): readonly Term[] {
  let matches = 0;
  return terms.filter(({ passages }) => passages < COMMON && (matches += passages) <= MOST_MATCHES);
}

function passagesIn(turn: Pick<Turn, Role>, role: Role): readonly (Span & { readonly role: Role })[] {
  return passagesOf(turn[role]).map((span) => ({ role, ...span }));
}

function toHit(row: Record<string, unknown>): PassageHit {
  return {
    turnId: Math.floor(Number(row['id']) / PASSAGES_PER_TURN),
    role: row['role'] === 'message' ? 'message' : 'answer',
    start: Number(row['start']),
    end: Number(row['end']),
    score: Number(row['score']),
  };
}
