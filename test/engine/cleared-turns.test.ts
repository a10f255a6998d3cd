import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UNDO_MS } from '../../src/engine/memory/cleared-turns.ts';
import { deleteOverdue, type OpenConversation } from '../../src/engine/memory/delete-overdue.ts';
import { Transcript } from '../../src/engine/memory/transcript.ts';

const NOW = Date.UTC(2026, 10, 22);
const FOREVER = new AbortController().signal;

let folder: string;
let transcript: Transcript;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'endless-data-'));
  transcript = Transcript.open(folder, 'demo');
});
afterEach(() => {
  transcript.close();
  rmSync(folder, { recursive: true });
});

let sent = 0;
function say(message: string, answer = 'Understood.'): number {
  const { id } = transcript.add(`key ${String(sent++)}`, message).turn;
  transcript.appendAnswer(id, answer);
  transcript.change(id, { state: 'done', finish: 'end' });
  return id;
}

const clear = (at = NOW): number => transcript.cleared.clear(transcript.cleared.newest, at);
const messages = (): readonly string[] => transcript.turns(100).map(({ message }) => message);
const found = (query: string): readonly string[] => transcript.search(query, { limit: 10 }).passages.map(({ text }) => text);

/** Looks through all conversations as an engine does, with the only one closed before and open afterwards. */
async function sweep(): Promise<{ readonly opened: readonly string[]; readonly errors: readonly unknown[] }> {
  const [opened, errors]: [string[], unknown[]] = [[], []];
  const open = (conversationId: string): OpenConversation => {
    opened.push(conversationId);
    transcript = Transcript.open(folder, conversationId);
    return { deleteOverdue: () => transcript.cleared.deleteOverdue(FOREVER) };
  };
  await deleteOverdue(folder, { signal: FOREVER, open, onError: (error) => errors.push(error) });
  if (opened.length === 0) transcript = Transcript.open(folder, 'demo');
  return { opened, errors };
}

/** Whether a text stands anywhere in the files of the conversation. */
function isOnDisk(text: string): boolean {
  const conversations = join(folder, 'conversations');
  return readdirSync(conversations).some((name) => readFileSync(join(conversations, name)).includes(text));
}

describe('a clear', () => {
  it('hides every turn at once, from pages, from the count and from the search', () => {
    for (const message of ['the broker listens', 'the scheduler starves']) say(message);
    expect(clear()).toBe(2);
    expect(messages()).toEqual([]);
    expect(transcript.size).toBe(0);
    expect(transcript.turnsAfter(0, 10)).toEqual([]);
    expect(found('broker')).toEqual([]);
    expect(transcript.cleared.undoable(NOW)).toEqual({ turns: 2, at: NOW });
  });

  it('leaves alone what was said since', () => {
    const before = say('the old broker');
    say('the new broker');
    expect(transcript.cleared.clear(before, NOW)).toBe(1);
    expect(messages()).toEqual(['the new broker']);
    expect(found('broker')).toEqual(['the new broker']);
  });

  it('can be undone, with everything as it was, the search too', () => {
    for (const message of ['the broker listens', 'a slip of the tongue', 'the scheduler starves']) say(message);
    transcript.forget(2);
    clear();
    say('after it');
    expect(transcript.cleared.undo(NOW)).toEqual({ turns: 2, newest: 3 });
    expect(messages()).toEqual(['the broker listens', 'the scheduler starves', 'after it']);
    expect(found('broker')).toEqual(['the broker listens']);
    expect(transcript.cleared.undoable(NOW)).toBeUndefined();
    expect(transcript.cleared.undo(NOW)).toBeUndefined();
  });

  it('can be undone after a restart, and for a week', () => {
    say('the broker listens');
    clear();
    transcript.close();
    transcript = Transcript.open(folder, 'demo');
    expect(transcript.cleared.undoable(NOW + UNDO_MS - 1)).toEqual({ turns: 1, at: NOW });
    expect(transcript.cleared.undo(NOW + UNDO_MS)).toBeUndefined();
    expect(messages()).toEqual([]);
  });

  it('keeps sections apart over it', () => {
    say('one');
    transcript.beginSection();
    say('two');
    clear();
    transcript.beginSection();
    say('three');
    transcript.cleared.undo(NOW);
    expect(transcript.turns(10).map(({ section }) => section)).toEqual([0, 1, 2]);
  });
});

describe('what was cleared', () => {
  it('is kept as long as it can be brought back', async () => {
    say('the marmalade password');
    clear();
    await transcript.cleared.deleteOverdue(FOREVER, NOW + UNDO_MS - 1);
    expect(isOnDisk('marmalade')).toBe(true);
    expect(transcript.cleared.undo(NOW)).toMatchObject({ turns: 1 });
    expect(found('marmalade')).toEqual(['the marmalade password']);
  });

  it('is no longer in any file when its time is over, nor is what was forgotten before', async () => {
    for (let at = 0; at < 1200; at++) say(`message ${String(at)} about the marmalade`, 'Answer with the quinceword.');
    transcript.forget(say('a forgotten gooseberry'));
    clear();
    say('kept: the elderberry');
    await transcript.cleared.deleteOverdue(FOREVER, NOW + UNDO_MS);
    for (const text of ['marmalade', 'quinceword', 'gooseberry']) expect([text, isOnDisk(text)]).toEqual([text, false]);
    expect(messages()).toEqual(['kept: the elderberry']);
    expect(found('elderberry')).toEqual(['kept: the elderberry']);
    expect(transcript.cleared.undo(NOW)).toBeUndefined();
  });

  it('is deleted with the next clear, which can be undone itself', async () => {
    say('the marmalade');
    clear();
    say('the quince');
    expect(clear()).toBe(1);
    await transcript.cleared.deleteOverdue(FOREVER, NOW);
    expect([isOnDisk('marmalade'), isOnDisk('quince')]).toEqual([false, true]);
    expect(transcript.cleared.undo(NOW)).toMatchObject({ turns: 1 });
    expect(messages()).toEqual(['the quince']);
  });

  it('can be given up before its time', async () => {
    say('the marmalade');
    clear();
    transcript.cleared.expire();
    expect(transcript.cleared.undoable(NOW)).toBeUndefined();
    await transcript.cleared.deleteOverdue(FOREVER, NOW);
    expect(isOnDisk('marmalade')).toBe(false);
  });

  it('is still there when there was nothing to clear the next time', async () => {
    say('the marmalade');
    clear();
    expect(clear(NOW + 5)).toBe(0);
    await transcript.cleared.deleteOverdue(FOREVER, NOW);
    expect(transcript.cleared.undoable(NOW)).toEqual({ turns: 1, at: NOW });
  });

  it('does not come back with a later clear when its deletion was cut off, and is deleted the next time', async () => {
    for (let at = 0; at < 600; at++) say('the marmalade');
    clear();
    say('the quince');
    clear();
    await transcript.cleared.deleteOverdue(AbortSignal.abort(), NOW);
    expect(isOnDisk('marmalade')).toBe(true);
    expect(transcript.cleared.undo(NOW)).toMatchObject({ turns: 1 });
    expect(messages()).toEqual(['the quince']);
    await transcript.cleared.deleteOverdue(FOREVER, NOW);
    expect(isOnDisk('marmalade')).toBe(false);
    expect(messages()).toEqual(['the quince']);
  });

  it('is deleted in conversations that nobody has open', async () => {
    say('the marmalade');
    clear(Date.now() - UNDO_MS);
    transcript.close();
    expect(await sweep()).toEqual({ opened: ['demo'], errors: [] });
    expect(isOnDisk('marmalade')).toBe(false);
  });

  it('is left alone in all others: there is nothing to open them for', async () => {
    say('the marmalade');
    clear(Date.now());
    transcript.close();
    expect(await sweep()).toEqual({ opened: [], errors: [] });
    expect(isOnDisk('marmalade')).toBe(true);
  });
});
