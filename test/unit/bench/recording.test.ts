import { describe, expect, it } from 'vitest';
import { recordedTyping, ReplayedDocument } from '../../../src/bench/completion/recording.ts';
import { recordedPlaces } from '../../../src/bench/completion/typing-run.ts';

describe('the recorded typing', () => {
  const { files, events } = recordedTyping();

  it('is in the order in which it happened', () => {
    const times = events.map(({ ms }) => ms);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
  });

  it('wants no more answers than were asked for, and each no longer than until it does not', () => {
    const asked = events.flatMap((event) => ('ask' in event ? [event.ask] : []));
    const cancelled = events.flatMap((event) => ('cancel' in event ? [event.cancel] : []));
    expect(asked).toEqual(asked.map((_, at) => at));
    expect(new Set(cancelled).size).toBe(cancelled.length);
    expect(asked).toEqual(expect.arrayContaining(cancelled));
    expect(asked.length).toBeGreaterThan(500);
  });

  it('leaves behind what was written', () => {
    const documents = files.map((file) => new ReplayedDocument(file));
    for (const event of events) if ('changes' in event) documents[event.file]!.change(event);
    const texts = documents.map((document) => Array.from({ length: document.lineCount }, (_, line) => document.lineAt(line).text));
    expect(texts[0]).toContain('    const most = Math.floor(this.#capacity * MOST_PINNED);');
    expect(texts[1]).toContain('export const MOST_PINNED = 1 / 2;');
    expect(texts[2]).toContain('  return usedTokens(pinned);');
  });

  it('asks where something has just been typed', () => {
    const places = [...recordedPlaces()];
    expect(places).toHaveLength(events.filter((event) => 'ask' in event).length);
    expect(places.some(({ before }) => before.endsWith('  return usedTokens(pinned);'))).toBe(true);
  });
});

describe('a replayed document', () => {
  it('changes as an editor’s does', () => {
    const document = new ReplayedDocument({ path: 'a.ts', text: 'one\ntwo\nthree' });
    document.change({ ms: 0, file: 0, changes: [[0, 1, 1, 2, 'X\nY']] });
    expect([0, 1, 2].map((line) => document.lineAt(line).text)).toEqual(['oX', 'Yo', 'three']);
    document.change({ ms: 0, file: 0, changes: [[1, 0, 2, 5, '']] });
    expect(document.lineCount).toBe(2);
  });
});
