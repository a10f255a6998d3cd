import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Transcript } from '../../src/engine/memory/transcript.ts';
import type { Turn } from '../../src/shared/protocol/turn.ts';
import { takeBackTo } from './older-database.ts';

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
function say(message: string, answer = '', state: Turn['state'] = 'done'): number {
  const { id } = transcript.add(`key ${String(sent++)}`, message).turn;
  transcript.appendAnswer(id, answer);
  transcript.change(id, { state });
  return id;
}

const found = (query: string, except: readonly number[] = []): readonly string[] =>
  transcript.search(query, { limit: 10, except }).passages.map(({ text }) => text);

describe('the search for passages', () => {
  it('finds messages and answers by their words, and says where they stand', () => {
    const id = say('Why does the scheduler starve?', 'Because the queue is unfair.');
    say('Something else');
    expect(transcript.search('unfair', { limit: 10 }).passages).toEqual([
      expect.objectContaining({ turnId: id, role: 'answer', text: 'Because the queue is unfair.', start: 0, end: 28, section: 0 }),
    ]);
    expect(transcript.search('scheduler', { limit: 10 }).passages).toMatchObject([{ turnId: id, role: 'message' }]);
  });

  it('finds the passage of a long text, not the whole of it', () => {
    const filler = 'nothing of interest here at all '.repeat(40);
    say(`${filler}\n\nThe port of the broker is 5671.\n\n${filler}`);
    const [hit] = transcript.search('broker', { limit: 1 }).passages;
    expect(hit?.text.length).toBeLessThan(480);
    expect(hit?.text).toContain('5671');
  });

  it('finds names in code by their parts, their parts by the name, and prefers the name itself', () => {
    const exact = say('call parseHeaderLine first');
    const parts = say('how to parse a header, line by line');
    expect(transcript.search('parseHeaderLine', { limit: 10 }).passages.map(({ turnId }) => turnId)).toEqual([exact, parts]);
    expect(found('header')).toContain('call parseHeaderLine first');
  });

  it('finds files by their path, other forms of a word, and text without spaces', () => {
    say('look into src/net/socket-pool.ts');
    say('it was migrated yesterday');
    say('请检查缓存窗口的大小');
    expect(found('socket-pool.ts')).toEqual(['look into src/net/socket-pool.ts']);
    expect(found('the migration')).toEqual(['it was migrated yesterday']);
    expect(found('缓存')).toEqual(['请检查缓存窗口的大小']);
  });

  it('puts the passage with the rarer words first', () => {
    for (let at = 0; at < 20; at++) say(`the build is slow ${String(at)}`);
    say('the build of quasar');
    expect(found('the build of quasar')[0]).toBe('the build of quasar');
  });

  it('leaves out the turns it is told to', () => {
    const first = say('quasar one');
    say('quasar two');
    expect(found('quasar', [first])).toEqual(['quasar two']);
  });

  it.each(['queued', 'running', 'failed'] as const)('does not find a turn that is %s', (state) => {
    say('quasar', '', state);
    expect(found('quasar')).toEqual([]);
  });

  it.each(['done', 'stopped', 'interrupted'] as const)('finds a turn that is %s', (state) => {
    say('quasar', '', state);
    expect(found('quasar')).toEqual(['quasar']);
  });

  it('does not find what was forgotten', () => {
    transcript.forget(say('quasar'));
    expect(found('quasar')).toEqual([]);
  });

  it('knows the same after a restart, and a turn once however often it changes', () => {
    const id = say('quasar');
    transcript.change(id, { state: 'done' });
    transcript.close();
    transcript = Transcript.open(folder, 'demo');
    expect(found('quasar')).toEqual(['quasar']);
  });

  it('takes no text for a query language, however it looks', () => {
    say('quasar "quoted" OR (nested) NEAR');
    for (const query of ['', ' ', '"', 'the a of to', 'NEAR(', 'a AND', '-x ^y *', 'words:quasar', '\0', '😀👍🏽', '日本語', '\ud800'])
      expect(() => found(query)).not.toThrow();
    expect(found('words:quasar')).toHaveLength(1);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (query) => void found(query)));
  });

  it('takes a text of a million characters, as a query and as a message', () => {
    const long = Array.from({ length: 120_000 }, (_, at) => `word${String(at)}`).join(' ');
    say(`${long}\nquasar`);
    expect(found(`${long} quasar`).length).toBeGreaterThan(0);
    expect(found('quasar')).toHaveLength(1);
  });

  it('takes the beginning of a word for the last one, where somebody is typing', () => {
    say('the scheduler starves');
    const typed = (query: string): readonly string[] =>
      transcript.search(query, { limit: 10, isTyped: true }).passages.map(({ text }) => text);
    expect(found('sched')).toEqual([]);
    expect(typed('of sched')).toEqual(['the scheduler starves']);
    expect(typed('sched now')).toEqual([]);
  });

  it('gives the newest where a word is in nearly everything', () => {
    const ids = Array.from({ length: 1600 }, (_, at) => say(`common ${String(at)}`));
    expect(transcript.search('common', { limit: 2 }).passages.map(({ turnId }) => turnId)).toEqual(ids.slice(-2).toReversed());
  });
});

/** Opens the transcript again, its index in ruins. */
function damageIndex(): void {
  transcript.close();
  const damaged = new DatabaseSync(join(folder, 'conversations', 'demo.sqlite'));
  damaged.enableDefensive(false);
  damaged.exec("UPDATE passage_words_data SET block = x'00'");
  damaged.close();
  transcript = Transcript.open(folder, 'demo');
}

describe('an index that is damaged', () => {
  it('costs neither text nor the search, and is filled again', () => {
    for (let at = 0; at < 3; at++) say(`quasar ${String(at)}`);
    damageIndex();
    expect(found('quasar')).toEqual([]);
    say('quasar again');
    expect(found('quasar')).toEqual(['quasar again']);
    while (transcript.indexSome(2));
    expect(found('quasar')).toHaveLength(4);
    expect(transcript.turns(10)).toHaveLength(4);
  });

  it('has the turns again that were cleared meanwhile, when they are brought back', () => {
    const ids = [say('quasar 0'), say('quasar 1')];
    transcript.forget(say('quasar, forgotten'));
    transcript.cleared.clear(Math.max(...ids));
    damageIndex();
    say('something else');
    while (transcript.indexSome(2));
    expect(found('quasar')).toEqual([]);
    transcript.cleared.undo();
    expect(found('quasar').toSorted()).toEqual(['quasar 0', 'quasar 1']);
  });
});

describe('turns from before there was an index', () => {
  it('are indexed bit by bit, the newest first', () => {
    for (let at = 0; at < 5; at++) say(`quasar ${String(at)}`);
    say('quasar, failed', '', 'failed');
    transcript.close();
    takeBackTo(2, join(folder, 'conversations', 'demo.sqlite'));
    transcript = Transcript.open(folder, 'demo');
    expect(found('quasar')).toEqual([]);
    expect(transcript.indexSome(2)).toBe(true);
    expect(found('quasar').toSorted()).toEqual(['quasar 3', 'quasar 4']);
    while (transcript.indexSome(2));
    expect(found('quasar')).toHaveLength(5);
  });
});
