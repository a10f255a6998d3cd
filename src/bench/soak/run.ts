import type { Dialogue } from '../../engine/conversation/dialogue.ts';
import { openDialogue } from '../../engine/conversation/open-dialogue.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { GREEDY } from '../arms/chat-arm.ts';
import { stopwatch } from '../stopwatch.ts';
import { settledMemory } from './memory.ts';
import { plus, type Memory, type SoakState, type Tally } from './state.ts';

/** Answers that are kept for the next process; more turns do not fit into half a window. */
const KEPT_ANSWERS = 32;

export interface SoakPlan {
  readonly systemPrompt: string;
  /** What is said in every tenth of the run, message by message. */
  readonly messages: readonly string[];
  readonly maxAnswerTokens: number;
  /** Turns of the whole run. */
  readonly turns: number;
}

/**
 * Holds the conversation, turn by turn, from where the state says to its end: the dialogue and the cache of the
 * product. Messages are scored as they enter. Yields the state after every turn.
 */
export async function* soak(loaded: LoadedModel, plan: SoakPlan, from: SoakState): AsyncGenerator<SoakState, void, undefined> {
  const perTenth = plan.messages.length;
  const messageOf = (turn: number): string => plan.messages[turn % perTenth] ?? '';
  let [evictions, fewestHeld] = [0, from.fewestHeld];
  const onEviction = (): void => {
    evictions++;
    // Now, and not when the message has entered: what it brings hides what is left.
    const { used, window } = dialogue.cache.layout;
    fewestHeld = Math.min(fewestHeld, used / window);
  };
  const dialogue = await openDialogue(loaded, plan.systemPrompt, { listener: { onEviction } });
  const first = from.turns - from.answers.length;
  const past = from.answers.map((answer, at) => ({ id: first + at + 1, message: messageOf(first + at), answer }));
  await dialogue.refill(past, () => undefined);
  let life: readonly Memory[] = [];
  let state = from;
  while (state.turns < plan.turns) {
    const tenth = Math.floor(state.turns / perTenth);
    const before = evictions;
    const { answer, ...tally } = await turn(dialogue, state.turns + 1, messageOf(state.turns), plan.maxAnswerTokens);
    life = remembered(life, tenth, (state.turns + 1) % perTenth === 0);
    state = {
      ...state,
      turns: state.turns + 1,
      tenths: state.tenths.map((sum, at) => (at === tenth ? plus(sum, { ...tally, evictions: evictions - before }) : sum)),
      lives: [...from.lives, [...life]],
      answers: [...state.answers, answer].slice(-KEPT_ANSWERS),
      fewestHeld,
    };
    yield state;
  }
}

/** One turn to its end, with the eviction and the rotation of keys that follow it. */
async function turn(
  dialogue: Dialogue,
  turnId: number,
  message: string,
  maxAnswerTokens: number,
): Promise<Omit<Tally, 'evictions'> & { readonly answer: string }> {
  const { cache } = dialogue;
  const [appended, decoded, elapsed] = [cache.appendedTokens, cache.decodedTokens, stopwatch()];
  let [scored, logProbability, answer] = [0, 0, ''];
  const onScored = (values: readonly number[]): void => {
    scored += values.length;
    for (const value of values) logProbability += value;
  };
  const pieces = dialogue.answer(turnId, message, {
    sampling: { ...GREEDY, maxAnswerTokens },
    signal: new AbortController().signal,
    onScored,
  });
  let piece = await pieces.next();
  for (; !piece.done; piece = await pieces.next()) answer += piece.value;
  await dialogue.settle();
  const { ms, cpuMs } = elapsed();
  const tokens = cache.appendedTokens - appended;
  return {
    turns: 1,
    tokens,
    generated: piece.value.answerTokens,
    scored,
    logProbability,
    ms,
    cpuMs,
    decodedAgain: Math.abs(cache.decodedTokens - decoded - tokens),
    answer,
  };
}

/** The memory at the end of a tenth is read when it has settled, and before that as it is. */
function remembered(life: readonly Memory[], tenth: number, ends: boolean): readonly Memory[] {
  const last = life.at(-1);
  const before = last?.tenth === tenth ? last : { turns: 0, peakRssBytes: 0 };
  const peakRssBytes = Math.max(before.peakRssBytes, process.memoryUsage.rss());
  const rssBytes = ends ? settledMemory() : peakRssBytes;
  const now = { tenth, turns: before.turns + 1, rssBytes, peakRssBytes };
  return [...life.filter((memory) => memory.tenth !== tenth), now];
}
