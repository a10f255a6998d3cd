import { createInterface } from 'node:readline';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openDialogue } from '../engine/conversation/open-dialogue.ts';
import type { Dialogue } from '../engine/conversation/dialogue.ts';
import { loadModel } from '../engine/model/loaded-model.ts';
import { describeError } from '../shared/error-sentences.ts';
import { EndlessError } from '../shared/errors.ts';
import { plainEnglish } from '../shared/plain-english.ts';
import { DEFAULT_SETTINGS, engineSettings } from '../shared/settings.ts';

/**
 * The chat in a terminal: the same cache and conversation as in the editor, without a process in between. Reads
 * messages line by line from standard input, so it can be driven by a pipe.
 */
const HELP = `npm run chat -- [options]

  --model FILE        GGUF file (default: the bundled model)
  --window TOKENS     how much the cache may hold (default: ${DEFAULT_SETTINGS['cache.window']}, capped by the model)
  --max-tokens N      longest answer, 0 for no limit (default: 0)
  --temperature T     0 always takes the likeliest token (default: ${DEFAULT_SETTINGS['chat.temperature']})
  --system TEXT       system prompt
  --threads N         CPU threads (default: one less than there are cores)
  --cpu               do not use the GPU

  /stats shows the cache, /quit ends, Ctrl+C stops an answer.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: 'string', default: 'models/endless-tiny.gguf' },
      window: { type: 'string', default: String(DEFAULT_SETTINGS['cache.window']) },
      'max-tokens': { type: 'string', default: '0' },
      temperature: { type: 'string', default: String(DEFAULT_SETTINGS['chat.temperature']) },
      system: { type: 'string', default: DEFAULT_SETTINGS['chat.systemPrompt'] },
      threads: { type: 'string', default: '0' },
      cpu: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const settings = engineSettings({
    ...DEFAULT_SETTINGS,
    'model.path': resolve(values.model),
    'model.gpu': values.cpu ? 'off' : 'auto',
    'model.threads': numberIn('threads', values.threads),
    'cache.window': numberIn('window', values.window),
    'chat.temperature': numberIn('temperature', values.temperature),
    'chat.maxAnswerTokens': numberIn('max-tokens', values['max-tokens']),
  });
  const loaded = await loadModel(settings, { log: (_level, message) => process.stderr.write(message), onProgress: () => undefined });
  try {
    const { facts } = loaded;
    process.stderr.write(`${facts.name} (${facts.architecture}) on ${facts.backend}, window ${facts.window} tokens\n`);
    let evictions = 0;
    const dialogue = await openDialogue(loaded, values.system, { listener: { onEviction: () => evictions++ } });
    await converse(dialogue, async (text, turnId) => {
      if (text !== '/stats') await answer(dialogue, turnId, text, settings);
      else process.stdout.write(statistics(dialogue, evictions));
    });
  } finally {
    await loaded.dispose();
  }
}

async function converse(dialogue: Dialogue, handle: (text: string, turnId: number) => Promise<void>): Promise<void> {
  const input = createInterface({ input: process.stdin, output: process.stderr, terminal: process.stdin.isTTY });
  let turnId = 0;
  process.stderr.write('> ');
  for await (const line of input) {
    const text = line.trim();
    if (text === '/quit') break;
    if (text) await handle(text, ++turnId).catch((error: unknown) => tell(error));
    await dialogue.settle();
    process.stderr.write('> ');
  }
  input.close();
}

async function answer(dialogue: Dialogue, turnId: number, message: string, sampling: ReturnType<typeof engineSettings>): Promise<void> {
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort();
  process.once('SIGINT', onInterrupt);
  try {
    const pieces = dialogue.answer(turnId, message, { sampling, signal: stop.signal });
    for await (const text of pieces) process.stdout.write(text);
    process.stdout.write('\n');
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

function statistics(dialogue: Dialogue, evictions: number): string {
  const { window, used, segments, strategy } = dialogue.cache.layout;
  const turns = segments.filter((segment) => segment.kind === 'turn').length;
  const { appendedTokens, decodedTokens } = dialogue.cache;
  return (
    `cache     ${used}/${window} tokens, ${turns} turns, ${strategy}\n` +
    `appended  ${appendedTokens} tokens\n` +
    `decoded   ${decodedTokens} tokens\n` +
    `evictions ${evictions}\n`
  );
}

function numberIn(option: string, text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!(value >= 0 && value < Infinity)) throw new TypeError(`--${option} takes a number, not "${text}".`);
  return value;
}

function tell(error: unknown): void {
  process.stderr.write(`${sentenceFor(error)}\n`);
}

/** There is no log beside a terminal: what was not foreseen is told as it is. */
function sentenceFor(error: unknown): string {
  if (error instanceof EndlessError && error.code !== 'internal') return describeError(plainEnglish, error.toReport()).sentence;
  return error instanceof Error ? error.message : String(error);
}

await main().catch((error: unknown) => {
  tell(error);
  process.exitCode = 1;
});
