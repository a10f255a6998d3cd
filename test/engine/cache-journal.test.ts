import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CacheJournal } from '../../src/engine/memory/cache-journal.ts';
import { Database } from '../../src/engine/memory/database.ts';
import type { Manifest } from '../../src/engine/memory/manifest.ts';

const MANIFEST: Manifest = {
  identity: {
    fingerprint: 'f',
    library: '1',
    backend: 'cpu',
    flashAttention: 'false',
    contextSize: 256,
    window: 255,
    canShift: true,
    yarnLeftOut: false,
    quantizedValues: false,
    systemPrompt: 'You are Endless.',
  },
};

let folder: string;
let database: Database;
let journal: CacheJournal;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'endless-data-'));
  database = Database.open(join(folder, 'demo.sqlite'));
  journal = new CacheJournal(database);
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

/** Overwrites the first page of a table. */
function spoilTable(name: string): void {
  const path = join(folder, 'demo.sqlite');
  const raw = new DatabaseSync(path);
  const page = Number(raw.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(name)?.['rootpage']);
  const size = Number(raw.prepare('PRAGMA page_size').get()?.['page_size']);
  raw.close();
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(size, 0xff), 0, size, (page - 1) * size);
  closeSync(file);
}

const drawn = (token: number): void => journal.note({ kind: 'drawn', token });
const append = (...tokens: readonly number[]): void => journal.note({ kind: 'append', tokens, batch: tokens.length });

describe('the journal of a cache', () => {
  it('has nothing before it is begun', () => {
    append(1, 2);
    journal.flush();
    expect(journal.read()).toBeUndefined();
    expect(journal.extent.isEmpty).toBe(true);
  });

  it('keeps the order and the batches, with what came one by one in one entry', () => {
    journal.begin(MANIFEST);
    append(1, 2, 3);
    for (const token of [4, 5]) {
      drawn(token);
      append(token);
    }
    drawn(6);
    journal.note({ kind: 'evict', ranges: [{ start: 0, end: 2 }] });
    journal.flush();
    expect(journal.entries()).toEqual([
      { kind: 'append', tokens: [1, 2, 3], batch: 3 },
      { kind: 'append', tokens: [4, 5], batch: 1 },
      { kind: 'drawn', token: 6 },
      { kind: 'evict', ranges: [{ start: 0, end: 2 }] },
    ]);
    expect(journal.read()).toMatchObject({ manifest: MANIFEST, tokens: 5, batches: 3, isEmpty: false, attempts: 0 });
  });

  it('is written with what goes with it, or not at all', () => {
    journal.begin(MANIFEST);
    const failing = (): void =>
      database.atOnce(() => {
        append(1);
        journal.flush();
        throw new Error('no room');
      });
    expect(failing).toThrow();
    expect(journal.read()).toBeUndefined();
  });

  it('begins anew with a checkpoint', () => {
    journal.begin(MANIFEST);
    append(1, 2);
    journal.flush();
    journal.begin(MANIFEST);
    append(3);
    journal.flush();
    expect(journal.entries()).toEqual([{ kind: 'append', tokens: [3], batch: 1 }]);
  });

  it('goes on with what is written, and with nothing that a failed attempt has noted', () => {
    journal.begin(MANIFEST);
    append(1);
    journal.flush();
    append(2);
    journal.goOn(journal.read()!);
    append(3);
    journal.flush();
    expect(journal.entries()).toEqual([
      { kind: 'append', tokens: [1], batch: 1 },
      { kind: 'append', tokens: [3], batch: 1 },
    ]);
  });

  it('counts the attempts that nobody lived to end', async () => {
    journal.begin(MANIFEST);
    journal.flush();
    const attempts = await journal.attempt(async () => journal.read()?.attempts);
    expect(attempts).toBe(1);
    await expect(journal.attempt(() => Promise.reject(new Error('stopped')))).rejects.toThrow('stopped');
    expect(journal.read()?.attempts).toBe(0);
  });

  it('that cannot be read is none', () => {
    journal.begin(MANIFEST);
    append(1);
    journal.flush();
    database.run('UPDATE cache_journal SET entries = \'[{"kind":"jump"}]\'');
    expect(journal.entries()).toBeUndefined();
    database.run("UPDATE cache_manifest SET manifest = '{'");
    expect(journal.read()).toBeUndefined();
  });

  it('whose pages are damaged keeps nobody from writing: nothing is kept any more', () => {
    journal.begin(MANIFEST);
    append(1);
    journal.flush();
    database.close();
    spoilTable('cache_journal');
    database = Database.open(join(folder, 'demo.sqlite'));
    journal = new CacheJournal(database);
    expect([journal.read(), journal.entries(), journal.isBroken]).toEqual([undefined, undefined, true]);
    journal.begin(MANIFEST);
    append(2);
    journal.flush();
    journal.discard();
  });

  it('can be thrown away', () => {
    journal.begin(MANIFEST);
    append(1);
    journal.flush();
    journal.discard();
    append(2);
    journal.flush();
    expect(journal.read()).toBeUndefined();
    expect(journal.entries()).toEqual([]);
  });
});
