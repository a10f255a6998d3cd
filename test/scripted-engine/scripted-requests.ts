import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTick, setTimeout as delay } from 'node:timers/promises';
import type { ClientConnection } from '../../src/link/rpc.ts';
import { EndlessError } from '../../src/shared/errors.ts';
import type { GenerateParams, GenerateResult } from '../../src/shared/protocol/generate.ts';
import type { FinishReason } from '../../src/shared/protocol/turn.ts';
import type { ToolCall } from '../../src/shared/protocol/requests.ts';
import { countTokens } from './scripted-cache.ts';
import { scriptOf } from './scripts.ts';

/** One answer that a test has prepared. */
export interface PreparedAnswer {
  /** A part of the prompt that it answers; the last one that fits is given. */
  readonly when: string;
  /** What is said: a text, or a script (`/slow 5`). */
  readonly say: string;
  /** Tools to be called behind it. */
  readonly calls?: readonly ToolCall[];
  readonly change?: GenerateResult['change'];
  /** Name of a file in the folder of the engine: the answer begins when it is there. */
  readonly after?: string;
}

/** Holds a JSON list of prepared answers; a test may write it at any time. */
export const ANSWERS_FILE = 'answers.json';
/** Holds every request, a line of JSON each. */
export const REQUESTS_FILE = 'requests.jsonl';
/** Holds the answer of every request that has ended, a line of JSON each. */
export const RESULTS_FILE = 'results.jsonl';

/** Answers a request by what a test has prepared, or by its own words. */
export async function scriptedAnswer(
  params: GenerateParams,
  client: ClientConnection,
  signal: AbortSignal,
  directory: string,
): Promise<GenerateResult> {
  appendFileSync(join(directory, REQUESTS_FILE), `${JSON.stringify(params)}\n`);
  const { id, prompt } = params;
  const asked = prompt.kind === 'message' ? prompt.message : prompt.messages.map(({ text }) => text).join('\n');
  const own: PreparedAnswer = { when: '', say: `You said: ${asked}` };
  const { say, calls = [], change, after } = prepared(directory).findLast(({ when }) => asked.includes(when)) ?? own;
  client.notify('requestStage', { id, stage: { kind: 'prefill', done: 0, total: countTokens(asked) } });
  if (after !== undefined) await isThere(join(directory, after), signal);
  let text = '';
  let finish: FinishReason = 'end';
  client.notify('requestStage', { id, stage: { kind: 'generating' } });
  for (const step of scriptOf(say)) {
    await nextTick();
    if (signal.aborted) break;
    if (step.kind === 'text') {
      text += step.text;
      client.notify('requestText', { id, text: step.text });
    } else if (step.kind === 'prefill') client.notify('requestStage', { id, stage: step });
    else if (step.kind === 'untilStopped') await once(signal, 'abort');
    else if (step.kind === 'finish') finish = step.reason;
    else if (step.kind === 'fail') throw new EndlessError(step.code);
  }
  const result: GenerateResult = {
    text,
    calls: [...calls],
    finish: signal.aborted ? 'stopped' : finish,
    lane: change || prompt.kind === 'messages' ? 'alone' : prompt.lane,
    change,
    stats: { promptTokens: countTokens(asked), reusedTokens: 0, answerTokens: countTokens(text), firstTokenMs: 210, totalMs: 800 },
  };
  appendFileSync(join(directory, RESULTS_FILE), `${JSON.stringify(result)}\n`);
  return result;
}

async function isThere(file: string, signal: AbortSignal): Promise<void> {
  while (!existsSync(file) && !signal.aborted) await delay(20);
}

function prepared(directory: string): readonly PreparedAnswer[] {
  const file = join(directory, ANSWERS_FILE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as readonly PreparedAnswer[]) : [];
}
