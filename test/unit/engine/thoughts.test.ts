import fc from 'fast-check';
import type { Token } from 'node-llama-cpp';
import { describe, expect, it } from 'vitest';
import type { SpeechEnd } from '../../../src/engine/conversation/speech.ts';
import { marksThoughts, openedThoughts, ThoughtSplitter, withoutThoughts } from '../../../src/engine/conversation/thoughts.ts';

function split(pieces: readonly string[], opened?: string): { readonly thought: string; readonly answer: string } {
  const splitter = new ThoughtSplitter(opened);
  const parts = [...pieces.map((piece) => splitter.push(piece)), splitter.end()];
  return { thought: parts.map(({ thought }) => thought).join(''), answer: parts.map(({ answer }) => answer).join('') };
}

describe('what a model thinks before it answers', () => {
  it.each([
    ['an answer alone', 'Hello.', undefined, '', 'Hello.'],
    ['marks of its own', '<think>\nLet me see.\n</think>\n\nHello.', undefined, 'Let me see.\n', 'Hello.'],
    ['other marks', '<thinking>See.</thinking>Hello.', undefined, 'See.', 'Hello.'],
    ['thoughts that the template has opened', 'Let me see.\n</think>\n\nHello.', 'think', 'Let me see.\n', 'Hello.'],
    ['no thoughts between the marks', '<think>\n\n</think>\n\nHello.', undefined, '', 'Hello.'],
    ['thoughts that do not end', '<think>Let me </thi', undefined, 'Let me </thi', ''],
    ['nothing behind the thoughts', '<think>See.</think>\n', undefined, 'See.', ''],
    ['a mark in the middle of an answer', 'Say <think>a</think>', undefined, '', 'Say <think>a</think>'],
    ['what only begins like a mark', '<thi is no mark', undefined, '', '<thi is no mark'],
    ['white space before an answer', '\n  Hello.', undefined, '', '\n  Hello.'],
  ])('is divided from the answer, in whatever pieces it comes: %s', (_what, text, opened, thought, answer) => {
    expect(split([text], opened)).toEqual({ thought, answer });
    expect(split(text.match(/[^]/g) ?? [], opened)).toEqual({ thought, answer });
    const cuts = fc.array(fc.nat(text.length), { maxLength: 5 });
    const inPieces = fc.property(cuts, (places) => {
      const ends = [0, ...places.sort((a, b) => a - b), text.length];
      expect(
        split(
          ends.slice(1).map((end, at) => text.slice(ends[at], end)),
          opened,
        ),
      ).toEqual({ thought, answer });
    });
    fc.assert(inPieces, { numRuns: 50 });
  });

  it('is marked by models whose template or vocabulary says so, and by no other', () => {
    const none = (): boolean => false;
    expect(marksThoughts("{% set content = content.split('</think>')[-1] %}", none)).toBe(true);
    expect(marksThoughts('{{ content }}', (text) => text === '<think>')).toBe(true);
    expect(marksThoughts('{{ content }} I think <b>so</b>', none)).toBe(false);
  });

  it('is opened by some templates', () => {
    expect(openedThoughts('<|assistant|><think>\n')).toBe('think');
    expect(openedThoughts('<|assistant|>\n<think>\n\n</think>\n\n')).toBeUndefined();
  });

  it.each([
    [['<think>', 'one', '</think>', '\n\n', 'two'], 4],
    [['<think>', 'one', '</think>\n\ntwo'], 2],
    [['<think>', 'one'], 2],
    [['two'], undefined],
  ])('is so many tokens: %j', async (pieces, tokens) => {
    const said: Token[] = [];
    let counted: number | undefined;
    const options = {
      said,
      marked: true,
      opened: undefined,
      onThought: () => undefined,
      onThoughtsEnd: (count: number) => (counted = count),
    };
    const spoken = withoutThoughts(stream(pieces, said), options);
    while (!(await spoken.next()).done);
    expect(counted).toBe(tokens);
  });
});

async function* stream(pieces: readonly string[], said: Token[]): AsyncGenerator<string, SpeechEnd, undefined> {
  for (const [at, piece] of pieces.entries()) {
    said.push(at as Token);
    yield piece;
  }
  return { finish: 'end', pending: [] };
}
