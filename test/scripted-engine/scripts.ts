import type { ErrorCode } from '../../src/shared/errors.ts';
import { ERROR_CODES } from '../../src/shared/errors.ts';
import type { FinishReason } from '../../src/shared/protocol/turn.ts';

/** One thing the scripted engine does while it answers. */
export type Step =
  | { readonly kind: 'loading'; readonly fraction: number }
  | { readonly kind: 'prefill'; readonly done: number; readonly total: number }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'thought'; readonly text: string }
  /** Counts as that many tokens of answer without writing them. */
  | { readonly kind: 'tokens'; readonly count: number }
  | { readonly kind: 'untilStopped' }
  | { readonly kind: 'finish'; readonly reason: FinishReason }
  | { readonly kind: 'fail'; readonly code: ErrorCode }
  | { readonly kind: 'crash' };

type Script = (argument: string) => Iterable<Step>;

/** What a message does: `/name argument` picks the script, any other message is echoed. */
const SCRIPTS: Readonly<Record<string, Script>> = {
  echo: (argument) => pieces(argument),

  /** Writes N words, then goes on for ever: only stop ends it. */
  *slow(argument) {
    yield* words(Number(argument) || 5);
    yield { kind: 'untilStopped' };
  },

  /** Writes N words and ends. */
  long: (argument) => words(Number(argument) || 200),

  *load() {
    for (const fraction of [0, 0.25, 0.5, 0.75, 1]) yield { kind: 'loading', fraction };
    yield* pieces('The model is loaded.');
  },

  /** Half of the prompt is processed, then nothing more until stop. */
  *progress() {
    for (let done = 0; done <= 500; done += 100) yield { kind: 'prefill', done, total: 1000 };
    yield { kind: 'untilStopped' };
  },

  /** As many tokens as the argument says enter the cache, so that older turns have to leave it. */
  *evict(argument) {
    yield { kind: 'tokens', count: Number(argument) || 400 };
    yield* pieces('The oldest turns have left the cache.');
  },

  markdown: () => pieces(MARKDOWN),
  hostile: () => pieces(HOSTILE),

  /** Thinks before it answers. */
  *think(argument) {
    for (const word of ['First ', 'one ', 'looks ', 'at ', 'the ', 'types.']) yield { kind: 'thought', text: word };
    yield* pieces(argument || 'The types say so.');
  },

  *loop() {
    for (let i = 0; i < 12; i++) yield { kind: 'text', text: 'return value; ' };
    yield { kind: 'finish', reason: 'repetition' };
  },

  *length(argument) {
    yield* pieces(argument || 'An answer that is cut');
    yield { kind: 'finish', reason: 'length' };
  },

  *control() {
    yield* pieces('An answer that opens a new turn');
    yield { kind: 'finish', reason: 'control-token' };
  },

  *fail(argument) {
    yield* pieces('Half of an answer');
    yield { kind: 'fail', code: errorCode(argument) };
  },

  *crash() {
    yield* pieces('Half of an answer');
    yield { kind: 'crash' };
  },
};

/** The steps that answer the message. */
export function scriptFor(message: string): Iterable<Step> {
  const { name, argument } = commandOf(message);
  return SCRIPTS[name]?.(argument) ?? pieces(`You said: ${message}`);
}

/** The steps that say a text, or that the script in it says: `/slow 5`. */
export function scriptOf(text: string): Iterable<Step> {
  const { name, argument } = commandOf(text);
  return SCRIPTS[name]?.(argument) ?? pieces(text);
}

/** Splits `/name argument`; the name of any other message is empty. */
export function commandOf(message: string): { readonly name: string; readonly argument: string } {
  const [, name = '', argument = ''] = /^\/([a-z-]+)\s*([^]*)$/.exec(message) ?? [];
  return { name, argument };
}

/** The code if it is one, else `internal`. */
export function errorCode(text: string): ErrorCode {
  return ERROR_CODES.find((code) => code === text.trim()) ?? 'internal';
}

function* pieces(text: string): Iterable<Step> {
  for (const piece of text.match(/\s*\S+\s*/g) ?? [text]) yield { kind: 'text', text: piece };
}

function* words(count: number): Iterable<Step> {
  for (let i = 1; i <= count; i++) yield { kind: 'text', text: `word${i} ` };
}

const MARKDOWN = `## A parser in three steps

1. Split the text into **tokens**
2. Build the *tree*
3. Walk it

| step | cost |
| --- | ---: |
| split | 3 ms |
| build | 12 ms |

\`\`\`ts
/** Adds two numbers. */
export function add(a: number, b: number): number {
  return a + b; // no overflow check
}
\`\`\`

> Positions are those inside the cache.

Read [the paper](https://arxiv.org/abs/2309.17453) or call \`add(1, 2)\`.
`;

const HOSTILE = `<img src=x onerror="document.body.dataset.owned = 'img'">
<script>document.body.dataset.owned = 'script'</script>
<svg onload="document.body.dataset.owned = 'svg'"></svg>
<iframe srcdoc="<script>parent.document.body.dataset.owned = 'iframe'</script>"></iframe>
<style>body { display: none }</style>
<form action="https://example.com"><button formaction="javascript:alert(1)">press</button></form>

[script link](javascript:document.body.dataset.owned='link') [data link](data:text/html,<script>alert(1)</script>)
[command link](command:workbench.action.quit) ![tracker](https://example.com/pixel.png)

\`\`\`html"><img src=x onerror="document.body.dataset.owned='fence'">
<img src=x onerror="document.body.dataset.owned = 'code'">
\`\`\`

The end of the hostile answer.
`;
