import { readCorpus } from '../corpus/corpus.ts';
import type { Progress } from '../program.ts';
import type { BusyResult, StopResult } from '../programs/completion-results.ts';
import { stopwatch, timeOf } from '../stopwatch.ts';
import { BusyChat, type ChatWork } from './busy-chat.ts';
import type { EndlessArm } from './endless-arm.ts';
import { placeOf, TYPED_CHARS, type Stroke } from './typing-trace.ts';

/** Keys of which the times are not counted: code that runs for the first time is slow. */
const SETTLING_REQUESTS = 3;

/** Requests while the chat does one thing and another, and how long it takes to end them and the chat. */
export async function measureBusy(
  arm: EndlessArm,
  strokes: readonly Stroke[],
  requests: number,
  progress: Progress,
): Promise<readonly (BusyResult | StopResult)[]> {
  const chat = await BusyChat.open(await arm.weights(), arm.precedence, readCorpus('').text.slice(0, TYPED_CHARS));
  const results: (BusyResult | StopResult)[] = [];
  const keys = strokes.filter(({ kind }) => kind === 'key');
  for (const kind of ['idle', 'generating', 'prefilling'] as const satisfies readonly ChatWork[]) {
    let stop = new AbortController();
    let working = chat.work(kind, stop.signal);
    for (const [at, stroke] of keys.slice(0, requests + SETTLING_REQUESTS).entries()) {
      const ms = await timeOf(() => arm.complete(placeOf(stroke)));
      if (at >= SETTLING_REQUESTS) results.push({ part: 'busy', chat: kind, ms });
    }
    for (const stroke of keys.slice(0, requests)) results.push({ part: 'stop', what: 'completion', ms: await stopTime(arm, stroke) });
    for (const stroke of kind === 'idle' ? [] : keys.slice(0, requests)) {
      const completion = await begun(arm, stroke);
      stop.abort();
      results.push({ part: 'stop', what: 'chat', ms: await working });
      await completion.result;
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

/** How long a completion takes to end that nobody waits for any more. */
async function stopTime(arm: EndlessArm, stroke: Stroke): Promise<number> {
  const stop = new AbortController();
  const { result } = await begun(arm, stroke, stop.signal);
  const elapsed = stopwatch();
  stop.abort();
  await result;
  return elapsed().ms;
}

/** A completion for which others give way by now. */
async function begun(arm: EndlessArm, stroke: Stroke, signal?: AbortSignal): Promise<{ readonly result: Promise<unknown> }> {
  const result = arm.complete(placeOf(stroke), signal);
  while (arm.precedence.giveWay() === undefined) await new Promise(setImmediate);
  return { result };
}
