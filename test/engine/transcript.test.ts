import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Transcript } from '../../src/engine/memory/transcript.ts';
import { takeBackTo } from './older-database.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'endless-data-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const conversations = (): string => join(folder, 'conversations');
const databaseFile = (): string => join(conversations(), 'demo.sqlite');

describe('the transcript', () => {
  it('keeps a message, its answer and how it ended over a restart', () => {
    const first = Transcript.open(folder, 'demo');
    const { turn } = first.add('key', 'Hello');
    first.appendAnswer(turn.id, 'Hi ');
    first.appendAnswer(turn.id, 'there');
    const stats = { messageTokens: 5, answerTokens: 2, firstTokenMs: 4.5, tokensPerSecond: 100 };
    first.change(turn.id, { state: 'done', finish: 'end', stats });
    first.close();
    const second = Transcript.open(folder, 'demo');
    expect(second.turns(10)).toEqual([
      {
        id: turn.id,
        createdAt: turn.createdAt,
        section: 0,
        state: 'done',
        message: 'Hello',
        answer: 'Hi there',
        finish: 'end',
        error: undefined,
        stats,
      },
    ]);
    second.close();
  });

  it('has everything on disk the moment it is written, for a process that is killed', () => {
    const writer = Transcript.open(folder, 'demo');
    writer.add('key', 'Hello');
    const reader = new DatabaseSync(databaseFile(), { readOnly: true });
    expect(reader.prepare('SELECT message FROM turns').all()).toEqual([{ message: 'Hello' }]);
    reader.close();
    writer.close();
  });

  it('takes a message once, however often it is sent', () => {
    const transcript = Transcript.open(folder, 'demo');
    const first = transcript.add('same', 'Hello');
    const second = transcript.add('same', 'Hello');
    expect([first.added, second.added]).toEqual([true, false]);
    expect(second.turn).toEqual(first.turn);
    transcript.close();
  });

  it('gives the newest turns, and older ones on request', () => {
    const transcript = Transcript.open(folder, 'demo');
    const ids = Array.from({ length: 7 }, (_, at) => transcript.add(`k${String(at)}`, `m${String(at)}`).turn.id);
    expect(transcript.turns(3).map(({ message }) => message)).toEqual(['m4', 'm5', 'm6']);
    expect(transcript.turns(3, ids[4]).map(({ message }) => message)).toEqual(['m1', 'm2', 'm3']);
    expect([transcript.hasTurnsBefore(ids[1] ?? 0), transcript.hasTurnsBefore(ids[0] ?? 0)]).toEqual([true, false]);
    transcript.close();
  });

  it('hides a forgotten turn but keeps its text in the file', () => {
    const transcript = Transcript.open(folder, 'demo');
    const { turn } = transcript.add('key', 'forget me');
    transcript.forget(turn.id);
    expect(transcript.turns(10)).toEqual([]);
    transcript.close();
    expect(readFileSync(databaseFile()).includes('forget me')).toBe(true);
  });

  it('knows the section of every turn, and begins a new one only behind turns', () => {
    const transcript = Transcript.open(folder, 'demo');
    transcript.beginSection();
    transcript.add('a', 'In the first');
    transcript.beginSection();
    transcript.beginSection();
    expect(transcript.section).toBe(1);
    const { turn } = transcript.add('b', 'In the second');
    transcript.close();
    const reopened = Transcript.open(folder, 'demo');
    expect(reopened.turns(10).map(({ section }) => section)).toEqual([0, 1]);
    expect(reopened.section).toBe(1);
    reopened.forget(turn.id);
    reopened.beginSection();
    expect(reopened.section).toBe(1);
    reopened.close();
  });

  it('of a version that knew no sections goes on in the first', () => {
    const transcript = Transcript.open(folder, 'demo');
    transcript.add('a', 'Hello');
    transcript.close();
    takeBackTo(1, databaseFile());
    const updated = Transcript.open(folder, 'demo');
    expect(updated.turns(10)).toMatchObject([{ message: 'Hello', section: 0 }]);
    updated.beginSection();
    expect(updated.section).toBe(1);
    updated.close();
  });

  it('records evictions, moves the edge of the cache and counts the day', () => {
    const transcript = Transcript.open(folder, 'demo');
    transcript.recordEviction({ tokens: 40, turnIds: [2, 3, 4], goneTurnIds: [2, 3] });
    transcript.recordEviction({ tokens: 10, turnIds: [1], goneTurnIds: [1] });
    transcript.count({ tokens: 7 });
    expect(transcript.evictedUpTo).toBe(3);
    expect(transcript.today).toEqual({ tokens: 7, evicted: 50, evictions: 2, rebuilds: 0 });
    transcript.close();
  });

  it('names the turns that a killed process left unfinished', () => {
    const transcript = Transcript.open(folder, 'demo');
    const done = transcript.add('a', 'one').turn;
    transcript.change(done.id, { state: 'done', finish: 'end' });
    transcript.change(transcript.add('b', 'two').turn.id, { state: 'running' });
    transcript.add('c', 'three');
    expect(transcript.unfinished().map(({ message }) => message)).toEqual(['two', 'three']);
    transcript.close();
  });

  it('sets a damaged database aside and begins anew', () => {
    Transcript.open(folder, 'demo').close();
    writeFileSync(databaseFile(), 'this is no database, but it is long enough to be taken for one');
    const transcript = Transcript.open(folder, 'demo');
    expect(transcript.turns(10)).toEqual([]);
    expect(readFileSync(transcript.setAside ?? '', 'utf8')).toContain('this is no database');
    transcript.close();
  });

  it('is readable by its user only', () => {
    Transcript.open(folder, 'demo').close();
    for (const name of readdirSync(conversations())) expect(statSync(join(conversations(), name)).mode & 0o077).toBe(0);
    expect(statSync(conversations()).mode & 0o077).toBe(0);
  });

  it('reports storage that cannot be written with a code', () => {
    writeFileSync(join(folder, 'conversations'), 'a file where a folder should be');
    expect(() => Transcript.open(folder, 'demo')).toThrow(expect.objectContaining({ code: 'storage-failed' }));
  });
});
