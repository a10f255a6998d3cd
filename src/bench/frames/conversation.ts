import type { Segment } from '../../shared/cache-layout.ts';
import type { Status } from '../../shared/protocol/status.ts';
import type { Turn } from '../../shared/protocol/turn.ts';

const NOON = Date.UTC(2026, 10, 21, 12);

/** What an assistant writes: words, a list, code, a table. */
const ANSWER = [
  'The tokenizer returns `undefined` at the end of the input, and `parse()` takes its `.kind` without asking. There are **two** ways out.',
  '',
  '1. Check for the end before you look at the token:',
  '',
  '   ```ts',
  '   if (token === undefined) throw new SyntaxError("Unexpected end");',
  '   ```',
  '',
  '2. Or let the tokenizer end with a token of its own, as [most parsers](https://craftinginterpreters.com) do.',
  '',
  '```ts',
  '/** Reads tokens up to the end of the text. */',
  'export function* tokens(text: string): Generator<Token> {',
  '  for (let at = 0; at < text.length; ) {',
  '    const token = readToken(text, at); // at least one character',
  '    at += token.length;',
  '    yield token;',
  '  }',
  "  yield { kind: 'end', length: 0 };",
  '}',
  '```',
  '',
  '| token | kind |',
  '| --- | --- |',
  '| `(` | open |',
  '| end | `eof` |',
  '',
  '> Either way, add a test with an empty file.',
  '',
  '',
].join('\n');

/** The way that code models like best: steps with code in each, all of them one list. */
const STEPS = Array.from({ length: 10 }, (_, at) =>
  [
    `${at + 1}. **Step ${at + 1}** moves one more of the callers, in \`src/parse-${at + 1}.ts\`:`,
    '',
    '   ```ts',
    ...Array.from({ length: 22 }, (_, line) => `   const token${line} = readToken(text, at + ${line}); // of step ${at + 1}`),
    '   ```',
    '',
    '',
  ].join('\n'),
).join('');

const SHORT_ANSWER = 'Yes: the function is called once for each line, and the last line has no line end.';

/** A turn of a day's work; every other one is short. */
export function turnOf(id: number, changes: Partial<Turn> = {}): Turn {
  return {
    id,
    createdAt: NOON + id * 1000,
    section: 0,
    state: 'done',
    message: `Question ${id}: why does this fail for an empty file?`,
    answer: id % 2 === 0 ? ANSWER : SHORT_ANSWER,
    finish: 'end',
    stats: { messageTokens: 24, answerTokens: 180, firstTokenMs: 412, tokensPerSecond: 38 },
    ...changes,
  };
}

/** Pieces as a tokenizer makes them: about four characters each; the answer goes on as long as it has to. */
export function tokensOf(count: number): readonly string[] {
  const [...tokens] = (STEPS + ANSWER).match(/\s*\S{1,4}|\s+/g) ?? [];
  return Array.from({ length: count }, (_, at) => tokens[at % tokens.length] ?? '');
}

/** What the engine says ten times a second while it answers. */
export function statusOf(turnId: number, generated: number): Status {
  const segments: Segment[] = Array.from({ length: 40 }, (_, at) => segmentOf(turnId - 39 + at, 4 + at * 180, at === 39 ? generated : 180));
  return {
    activity: { kind: 'generating', turnId },
    stats: {
      tokensToday: 200_000 + generated,
      evictedToday: 190_000,
      evictionsToday: 203,
      rebuildsToday: 0,
      tokensPerSecond: 90 + (generated % 20),
      firstTokenMs: 412,
      promptTokensPerSecond: 1_900,
      appendedTokens: 200_000 + generated,
      decodedTokens: 200_000 + generated,
    },
    cache: { window: 16_384, used: 7_200 + generated, segments, strategy: 'streaming' },
    evictedUpTo: turnId - 40,
    section: 0,
  };
}

function segmentOf(turnId: number, start: number, tokens: number): Segment {
  return { id: turnId, kind: 'turn', turnId, tokens, start, header: 8, message: 24, answerHeader: 4, evicted: 0 };
}
