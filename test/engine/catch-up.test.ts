import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CatchUp } from '../../src/engine/memory/catch-up.ts';
import { Transcript } from '../../src/engine/memory/transcript.ts';
import { takeBackTo } from './older-database.ts';

const TURNS = 25;

let folder: string;
let file: string;
let transcript: Transcript;
let catchUp: CatchUp | undefined;
const failures: unknown[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  failures.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'endless-data-'));
  file = join(folder, 'conversations', 'demo.sqlite');
  transcript = Transcript.open(folder, 'demo');
  for (let at = 0; at < TURNS; at++) say('quasar');
});
afterEach(() => {
  catchUp?.stop();
  transcript.close();
  rmSync(folder, { recursive: true });
  vi.useRealTimers();
});

function say(message: string): void {
  const { id } = transcript.add(crypto.randomUUID(), message).turn;
  transcript.change(id, { state: 'done' });
}

function reopenAfter(work: () => void): void {
  transcript.close();
  work();
  transcript = Transcript.open(folder, 'demo');
}

function damageIndex(): void {
  const database = new DatabaseSync(file);
  database.enableDefensive(false);
  database.exec("UPDATE passage_words_data SET block = x'00'");
  database.close();
}

function start(): void {
  catchUp = new CatchUp(transcript, (error) => failures.push(error));
}

const found = (): number => transcript.search('quasar', { limit: 100 }).passages.length;

describe('catching up with the index', () => {
  it('indexes the turns from before there was an index, and then rests', () => {
    reopenAfter(() => takeBackTo(2, file));
    start();
    expect(found()).toBe(0);
    vi.runAllTimers();
    expect(found()).toBe(TURNS);
    expect(failures).toEqual([]);
  });

  it('begins again when the index was begun anew after it had ended', () => {
    reopenAfter(damageIndex);
    start();
    vi.runAllTimers();
    say('what meets the damage');
    expect(found()).toBe(0);
    vi.runAllTimers();
    expect(found()).toBe(TURNS);
  });

  it('tries again a while after it has failed', () => {
    reopenAfter(() => takeBackTo(2, file));
    vi.spyOn(transcript, 'indexSome').mockImplementationOnce(() => {
      throw new Error('disk full');
    });
    start();
    vi.advanceTimersByTime(30_000);
    expect([failures.length, found()]).toEqual([1, 0]);
    vi.advanceTimersByTime(60_000);
    expect([failures.length, found()]).toEqual([1, TURNS]);
  });

  it('does nothing more once it is stopped', () => {
    reopenAfter(damageIndex);
    start();
    catchUp?.stop();
    say('what meets the damage');
    expect(vi.getTimerCount()).toBe(0);
  });
});
