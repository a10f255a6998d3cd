import { describe, expect, it } from 'vitest';
import type { FoundPassages, Passage } from '../../../src/engine/memory/transcript.ts';
import { wordsOf } from '../../../src/engine/memory/words.ts';
import { ASKED, excerptOf, relevantPassages, UNASKED } from '../../../src/engine/recall/relevance.ts';

const passage = (text: string, changes: Partial<Passage> = {}): Passage => ({
  text,
  turnId: 1,
  role: 'answer',
  start: 0,
  end: text.length,
  score: -1,
  createdAt: 0,
  section: 0,
  ...changes,
});

/** What a search finds for a message; words that are not named are in no passage. */
const found = (message: string, rarities: Readonly<Record<string, number>>, ...passages: readonly Passage[]): FoundPassages => ({
  words: wordsOf(message),
  rarities: new Map(Object.entries(rarities)),
  passages,
});

const texts = (passages: readonly Passage[]): readonly string[] => passages.map(({ text }) => text);

describe('what is relevant for a message', () => {
  it('is what shares its rare words', () => {
    const [port, talk] = [passage('The broker listens on 5671.'), passage('We listened to music.', { turnId: 2 })];
    const query = found('Where does the broker listen?', { broker: 1, listen: 0.6 }, port, talk);
    expect(relevantPassages(query, 0, UNASKED)).toEqual([port]);
  });

  it.each(['Thanks, that works!', 'ok', 'Good morning', 'Please write it again, but better'])('is nothing for %j', (message) => {
    const rarities = Object.fromEntries(wordsOf(message).map(({ whole }) => [whole, 1]));
    expect(relevantPassages(found(message, rarities, passage(`${message} and more besides`)), 0, UNASKED)).toEqual([]);
  });

  it('is nothing where most of the message is about something else', () => {
    const query = found('Explain Bloom filters, hashes and false positives of the index', { index: 1 }, passage('The index has gaps.'));
    expect(relevantPassages(query, 0, UNASKED)).toEqual([]);
    expect(relevantPassages(query, 0, ASKED)).toHaveLength(1);
  });

  it('is not what says the same and nothing else', () => {
    const query = found(
      'Which port does the broker use?',
      { port: 1, broker: 1 },
      passage('Which broker port?'),
      passage('The broker port is 5671.'),
    );
    expect(texts(relevantPassages(query, 0, UNASKED))).toEqual(['The broker port is 5671.']);
  });

  it('comes from the current section first, where two say as much', () => {
    const [old, current] = [passage('The port is 1.', { turnId: 1 }), passage('The port is 2.', { turnId: 2, section: 3 })];
    const query = found('Which port?', { port: 0.9 }, old, current);
    expect(relevantPassages(query, 3, UNASKED)[0]).toBe(current);
    expect(relevantPassages(query, 0, UNASKED)[0]).toBe(old);
  });

  it('counts what was asked for the answer, too', () => {
    const answer = passage('The gateway uses 5671.', { role: 'answer' });
    const question = passage('On which port does the broker of staging listen?', { role: 'message' });
    const rarities = { port: 0.6, broker: 0.6, gateway: 0.6, listen: 0.1 };
    const query = 'Which port has the gateway of the broker?';
    expect(texts(relevantPassages(found(query, rarities, answer), 0, UNASKED))).toEqual([]);
    expect(texts(relevantPassages(found(query, rarities, answer, question), 0, UNASKED))).toContain(answer.text);
  });

  it('knows a name in code for more than its parts', () => {
    const query = found(
      'Add jitter to withBackoff',
      { withbackoff: 1, backoff: 0.9 },
      passage('withBackoff retries five times'),
      passage('no backoff here', { turnId: 2 }),
    );
    expect(texts(relevantPassages(query, 0, UNASKED))).toEqual(['withBackoff retries five times']);
  });
});

describe('an excerpt', () => {
  const TEXT = 'line 1 is <30>\nline 2 is <7>\nline 7 is <99>\nline 8 is <2>';
  const query = found('What is in line 7?', { line: 0, 7: 1 });

  it('is the whole text where it fits', () => {
    expect(excerptOf(TEXT, query, () => true)).toBe(TEXT);
  });

  it('is the line that is meant, not one with the same word elsewhere', () => {
    expect(excerptOf(TEXT, query, (text) => text.length < 20)).toBe('line 7 is <99>');
  });

  it('takes in what is around it as far as it fits', () => {
    expect(excerptOf(TEXT, query, (text) => text.length < 45)).toBe('line 2 is <7>\nline 7 is <99>\nline 8 is <2>');
  });

  it('is a sentence of a text without lines', () => {
    const text = 'Nothing here. The port is 7. Nothing there.';
    expect(excerptOf(text, query, (excerpt) => excerpt.length < 20)).toBe('The port is 7.');
  });

  it('is nothing when not even that fits', () => {
    expect(excerptOf(TEXT, query, () => false)).toBeUndefined();
  });
});
