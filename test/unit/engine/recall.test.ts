import { describe, expect, it } from 'vitest';
import type { FoundPassages, Passage, Transcript } from '../../../src/engine/memory/transcript.ts';
import { wordsOf } from '../../../src/engine/memory/words.ts';
import { recallBlock } from '../../../src/engine/recall/recall-block.ts';
import { recalledFor } from '../../../src/engine/recall/recall.ts';
import type { Segment } from '../../../src/shared/cache-layout.ts';
import type { RecalledPassage, Turn } from '../../../src/shared/protocol/turn.ts';

/** Every character is a token. */
const TOKENS = { count: (text: string) => text.length, lengthOf: (text: string, tokens: number) => Math.min(text.length, tokens) };

const LINE = 'The quasar gateway listens on port 5671.';
const LONG = `${'Something else entirely, at great length.\n'.repeat(8)}${LINE}`;

const turnOf = (id: number, changes: Partial<Turn> = {}): Turn => ({
  id,
  createdAt: 0,
  section: 0,
  state: 'done',
  message: `message ${String(id)}`,
  answer: `answer ${String(id)}`,
  ...changes,
});

const passageOf = (turnId: number, text: string): Passage => ({
  turnId,
  role: 'message',
  text,
  start: 0,
  end: text.length,
  score: -1,
  createdAt: 0,
  section: 0,
});

const segmentOf = (turnId: number): Segment => ({
  id: turnId,
  kind: 'turn',
  turnId,
  tokens: 20,
  start: 0,
  header: 1,
  message: 9,
  answerHeader: 1,
  evicted: 0,
});

/** What is recalled for a question about the gateway, with some turns in the cache and room for one line. */
function recalledWith(passages: readonly Passage[], cached: readonly Turn[], lines = 1): readonly RecalledPassage[] {
  const message = 'Which port does the quasar gateway use?';
  const words = wordsOf(message);
  const found: FoundPassages = { words, rarities: new Map(words.map(({ whole }) => [whole, 1])), passages };
  const transcript = { evictedUpTo: 1, search: () => found, turn: (id: number) => cached.find((turn) => turn.id === id) };
  return recalledFor(transcript as unknown as Transcript, {
    turn: turnOf(9, { message }),
    layout: { window: 1000, used: 0, segments: cached.map(({ id }) => segmentOf(id)), strategy: 'streaming' },
    budget: TOKENS.count(recallBlock(Array.from({ length: lines }, () => passageOf(1, LINE)))),
    tokens: TOKENS,
  });
}

const textsOf = (passages: readonly RecalledPassage[]): readonly string[] => passages.map(({ text }) => text);

describe('what is recalled', () => {
  it('is the best part of what does not fit', () => {
    expect(textsOf(recalledWith([passageOf(1, LONG)], []))).toEqual([LINE]);
  });

  it('is no excerpt that was shown with a message before', () => {
    const shown = recalledWith([passageOf(1, LONG)], []);
    const asked = turnOf(2, { recall: { asked: false, passages: [...shown] } });
    expect(recalledWith([passageOf(1, LONG)], [asked])).toEqual([]);
  });

  it('is no excerpt that another one has in it', () => {
    expect(textsOf(recalledWith([passageOf(1, LINE), passageOf(2, LONG)], [], 2))).toEqual([LINE]);
  });
});
