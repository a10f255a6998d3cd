import * as v from 'valibot';
import { EndlessError } from '../../shared/errors.ts';
import { CacheOperationSchema, type CacheOperation } from '../cache/operations.ts';
import { DialogueStateSchema, type DialogueState } from '../conversation/dialogue-state.ts';
import type { Database } from './database.ts';
import { ManifestSchema, type Manifest, type StateFile } from './manifest.ts';
import { isDamage } from './transcript-file.ts';

/** What a conversation does to its cache, and what it knows besides. */
export type JournalEntry = CacheOperation | { readonly kind: 'dialogue'; readonly change: Partial<DialogueState> };

const EntriesSchema = v.array(
  v.variant('kind', [...CacheOperationSchema.options, v.object({ kind: v.literal('dialogue'), change: v.partial(DialogueStateSchema) })]),
);

/** How much of it there is. */
interface Extent {
  /** Tokens that are appended, and the batches they were decoded in. */
  readonly tokens: number;
  readonly batches: number;
  /** Whether nothing was done since the beginning, not even taken out. */
  readonly isEmpty: boolean;
}

const NOTHING: Extent = { tokens: 0, batches: 0, isEmpty: true };

/** What there is to go on from. */
export interface JournalHead extends Extent {
  readonly manifest: Manifest;
  /** Times that going on from here was begun and not ended: native code crashes on a state that is none of its own. */
  readonly attempts: number;
}

/**
 * What was done to a conversation's cache since its last checkpoint, or since it was empty, in the conversation's own
 * database: so an answer's text and its tokens are written in one transaction.
 */
export class CacheJournal {
  readonly #database: Database;
  #buffer: JournalEntry[] = [];
  /** The beginning that is not written yet. */
  #beginning: Manifest | undefined;
  #isKept = false;
  /** Whether its tables cannot be read: then it does without, for the text matters more. */
  #isBroken = false;
  #extent = NOTHING;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Whether its tables are damaged; nothing is kept any more then. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Whether a checkpoint would hold anything that is not written down. */
  get isBehind(): boolean {
    return !this.#isKept || !this.#extent.isEmpty;
  }

  /** What has been done since the beginning, written down or not. */
  get extent(): Extent {
    return this.#extent;
  }

  /** From now on everything is written down; `manifest` says what it began with. Whatever was written before is void. */
  begin(manifest: Manifest): void {
    this.#beginning = manifest;
    this.#buffer = [];
    this.#extent = NOTHING;
    this.#isKept = true;
  }

  /** Goes on with what is written; what was noted since by an attempt that failed is void. */
  goOn({ tokens, batches, isEmpty }: JournalHead): void {
    this.#beginning = undefined;
    this.#buffer = [];
    this.#extent = { tokens, batches, isEmpty };
    this.#isKept = true;
  }

  /** Takes note; written down by `flush`. */
  note(entry: JournalEntry): void {
    if (!this.#isKept) return;
    this.#extent = sum([this.#extent, extentOf(entry)]);
    // A token that was drawn is nothing to tell once it has entered or another was.
    const isOver = this.#buffer.at(-1)?.kind === 'drawn' && (entry.kind === 'append' || entry.kind === 'drawn');
    if (isOver) this.#buffer.pop();
    const last = this.#buffer.at(-1);
    // Tokens that came one by one stand in one entry.
    if (last?.kind === 'append' && entry.kind === 'append' && last.batch === 1 && entry.batch === 1) {
      this.#buffer[this.#buffer.length - 1] = { ...last, tokens: [...last.tokens, ...entry.tokens] };
    } else this.#buffer.push(entry);
  }

  /** Writes down what was noted, all of it or nothing. @throws EndlessError `storage-failed` */
  flush(): void {
    const [beginning, entries] = [this.#beginning, this.#buffer];
    if (!beginning && entries.length === 0) return;
    this.#unlessBroken(undefined, () => {
      this.#database.atOnce(() => {
        if (beginning) this.#write(beginning);
        if (entries.length === 0) return;
        const { tokens, batches } = sum(entries.map(extentOf));
        const values = [tokens, batches, JSON.stringify(entries)];
        this.#database.run('INSERT INTO cache_journal (tokens, batches, entries) VALUES (?, ?, ?)', values);
      });
    });
    this.#beginning = undefined;
    this.#buffer = [];
  }

  /** What there is to go on from; `undefined` when there is nothing, or nothing that can be read. */
  read(): JournalHead | undefined {
    return this.#unlessBroken(undefined, () => this.#head());
  }

  #head(): JournalHead | undefined {
    const row = this.#database.all('SELECT manifest, attempts FROM cache_manifest')[0];
    const manifest = v.safeParse(v.pipe(v.string(), v.parseJson(), ManifestSchema), row?.['manifest']);
    if (!manifest.success) return undefined;
    const [extent] = this.#database.all('SELECT count(*) AS rows, sum(tokens) AS tokens, sum(batches) AS batches FROM cache_journal');
    return {
      manifest: manifest.output,
      tokens: Number(extent?.['tokens']),
      batches: Number(extent?.['batches']),
      isEmpty: extent?.['rows'] === 0,
      attempts: Number(row?.['attempts']),
    };
  }

  /**
   * Goes on with the checkpoint of another model, if one was put aside: what there is now is put aside in its place. Only whole
   * checkpoints are, not what was done since.
   *
   * @returns whether there is one to go on from.
   */
  exchange(fingerprint: string): boolean {
    return this.#unlessBroken(false, () =>
      this.#database.atOnce(() => {
        this.#putHeadAside();
        const [other] = this.#manifestsAside().filter(({ identity }) => identity.fingerprint === fingerprint);
        if (!other) return false;
        this.#database.run('DELETE FROM other_models WHERE fingerprint = ?', [fingerprint]);
        this.#write(other);
        return true;
      }),
    );
  }

  /** Puts aside what there is, as `exchange` does, for a server that keeps nothing here; what is no whole checkpoint is void then. */
  putAside(): void {
    this.forget();
    this.#unlessBroken(undefined, () =>
      this.#database.atOnce(() => {
        this.#putHeadAside();
        this.#erase();
      }),
    );
  }

  #putHeadAside(): void {
    const head = this.#head();
    if (!head?.manifest.checkpoint || !head.isEmpty) return;
    const aside: Manifest = { ...head.manifest, wasAside: true };
    this.#database.run('INSERT OR REPLACE INTO other_models VALUES (?, ?)', [aside.identity.fingerprint, JSON.stringify(aside)]);
  }

  /** The files of checkpoints that were put aside. */
  get filesAside(): readonly StateFile[] {
    return this.#unlessBroken([], () => this.#manifestsAside()).flatMap(({ checkpoint }) => checkpoint?.file ?? []);
  }

  #manifestsAside(): readonly Manifest[] {
    const rows = this.#database.all('SELECT manifest FROM other_models');
    return rows.flatMap(({ manifest }) => {
      const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), ManifestSchema), manifest);
      return parsed.success ? [parsed.output] : [];
    });
  }

  /** The entries since the beginning, in order; `undefined` when they cannot be read. */
  entries(): readonly JournalEntry[] | undefined {
    const rows = this.#unlessBroken([], () => this.#database.all('SELECT entries FROM cache_journal ORDER BY id'));
    if (this.#isBroken) return undefined;
    const parsed = v.safeParse(
      v.array(v.pipe(v.string(), v.parseJson(), EntriesSchema)),
      rows.map(({ entries }) => entries),
    );
    return parsed.success ? (parsed.output.flat() as readonly JournalEntry[]) : undefined;
  }

  /** Makes an attempt at going on from what is written; it counts if the process does not live to see its end. */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    this.#database.run('UPDATE cache_manifest SET attempts = attempts + 1');
    try {
      return await work();
    } finally {
      this.#database.run('UPDATE cache_manifest SET attempts = 0');
    }
  }

  /** Takes no more notes until the next beginning, and forgets those that are not written. */
  forget(): void {
    this.#isKept = false;
    this.#beginning = undefined;
    this.#buffer = [];
    this.#extent = NOTHING;
  }

  /** The same, and nothing that is written holds any more; checkpoints of other models do, which were whole when they were put aside. */
  discard(): void {
    this.forget();
    this.#unlessBroken(undefined, () => this.#database.atOnce(() => this.#erase()));
  }

  /** Leaves no checkpoint of another model either. */
  discardAll(): void {
    this.discard();
    this.#unlessBroken(undefined, () => this.#database.run('DELETE FROM other_models'));
  }

  #unlessBroken<T>(instead: T, work: () => T): T {
    if (this.#isBroken) return instead;
    try {
      return work();
    } catch (error) {
      if (!(error instanceof EndlessError) || !isDamage(error.cause)) throw error;
      this.#isBroken = true;
      return instead;
    }
  }

  #write(manifest: Manifest): void {
    this.#erase();
    this.#database.run('INSERT INTO cache_manifest VALUES (0, ?, 0)', [JSON.stringify(manifest)]);
  }

  #erase(): void {
    this.#database.run('DELETE FROM cache_manifest');
    this.#database.run('DELETE FROM cache_journal');
  }
}

function extentOf(entry: JournalEntry): Extent {
  if (entry.kind !== 'append') return { tokens: 0, batches: 0, isEmpty: false };
  return { tokens: entry.tokens.length, batches: Math.ceil(entry.tokens.length / entry.batch), isEmpty: false };
}

function sum(extents: readonly Extent[]): Extent {
  return extents.reduce(
    (one, other) => ({
      tokens: one.tokens + other.tokens,
      batches: one.batches + other.batches,
      isEmpty: one.isEmpty && other.isEmpty,
    }),
    NOTHING,
  );
}
