import { setTimeout as delay } from 'node:timers/promises';
import type { CompletionPlace } from '../../shared/protocol/completion.ts';
import { readCorpus } from '../corpus/corpus.ts';
import type { Progress } from '../program.ts';
import type { BusyResult, StopResult } from '../programs/completion-results.ts';
import { stopwatch, timeOf } from '../stopwatch.ts';
import { BusyChat, type ChatWork } from './busy-chat.ts';
import type { EndlessArm } from './endless-arm.ts';
import { recordedPlaces } from './typing-run.ts';

/** Keys of which the times are not counted: code that runs for the first time is slow. */
const SETTLING_REQUESTS = 3;
/** Characters of which the chat takes what it says and reads. */
export const CHAT_CHARS = 12_000;

/** Looking more often would take a processor from what is measured. */
const POLL_MS = 1;

const NEVER = new AbortController().signal;

/** Requests while the chat does one thing and another, and how long it takes to end them and the chat. */
export async function measureBusy(arm: EndlessArm, requests: number, progress: Progress): Promise<readonly (BusyResult | StopResult)[]> {
  const chat = await BusyChat.open(await arm.weights(), arm.precedence, readCorpus('').text.slice(0, CHAT_CHARS));
  const results: (BusyResult | StopResult)[] = [];
  const recorded = [...recordedPlaces()];
  // Not from the beginning: there the cursor stands near the beginning of a file, with little to read before it.
  const first = Math.floor(recorded.length / 3);
  const places = recorded.slice(first, first + requests + SETTLING_REQUESTS);
  for (const kind of ['idle', 'generating', 'prefilling'] as const satisfies readonly ChatWork[]) {
    let stop = new AbortController();
    let working = chat.work(kind, stop.signal);
    for (const [at, place] of places.entries()) {
      const ms = await timeOf(() => arm.complete(place));
      if (at >= SETTLING_REQUESTS) results.push({ part: 'busy', chat: kind, ms });
    }
    for (const place of places.slice(0, requests)) results.push({ part: 'stop', what: 'completion', ms: await stopTime(arm, place) });
    for (const [at, place] of (kind === 'idle' ? [] : places.slice(0, requests)).entries()) {
      await underway(chat);
      // Every other time a completion goes before the chat, which is told to stop while it waits.
      const completion = at % 2 === 0 ? undefined : await begun(arm, place);
      stop.abort();
      results.push({ part: 'stop', what: completion ? 'waiting chat' : 'chat', ms: await working });
      await completion?.result;
      stop = new AbortController();
      working = chat.work(kind, stop.signal);
    }
    stop.abort();
    await working;
    progress(`the chat ${kind}: ${requests} requests`);
  }
  await chat.dispose();
  return results;
}

/** Waits until the chat has begun, and is in the middle of something again. */
async function underway(chat: BusyChat): Promise<void> {
  const target = chat.steps + 3;
  while (chat.steps < target) await delay(POLL_MS);
}

/** How long a completion takes to end that nobody waits for any more. */
async function stopTime(arm: EndlessArm, place: CompletionPlace): Promise<number> {
  const stop = new AbortController();
  const { result } = await begun(arm, place, stop.signal);
  const elapsed = stopwatch();
  stop.abort();
  await result;
  return elapsed().ms;
}

/** A completion for which something is being decoded by now. */
async function begun(arm: EndlessArm, place: CompletionPlace, signal = NEVER): Promise<{ readonly result: Promise<unknown> }> {
  const before = arm.decodedTokens;
  const over = new AbortController();
  const result = arm.complete(place, { ahead: false, signal }).finally(() => over.abort());
  while (arm.decodedTokens === before && !over.signal.aborted) await delay(POLL_MS);
  return { result };
}
