import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { UsageError } from '../options.ts';

/** Sums over the turns of a tenth of the run. */
const tally = v.object({
  turns: v.number(),
  /** Tokens appended: messages, answers, and the template around them. */
  tokens: v.number(),
  generated: v.number(),
  scored: v.number(),
  /** Sum of the natural log-probabilities of the tokens that were scored. */
  logProbability: v.number(),
  ms: v.number(),
  cpuMs: v.number(),
  evictions: v.number(),
  /** Tokens decoded beyond those appended, or fewer of them: the differences of all turns, without their signs. */
  decodedAgain: v.number(),
});

/** Resident memory in what one process did of a tenth: at its end, without what waits to be collected, and at most. */
const memory = v.object({ tenth: v.number(), turns: v.number(), rssBytes: v.number(), peakRssBytes: v.number() });

const soakState = v.object({
  /** What the run is about; figures of different runs must not be mixed. */
  identity: v.string(),
  /** Turns that are over. */
  turns: v.number(),
  tenths: v.array(tally),
  /** One list for each process that took part: memory can only be compared within one. */
  lives: v.array(v.array(memory)),
  /** The newest answers, oldest first, for filling the cache of the next process. */
  answers: v.array(v.string()),
  /** Fewest tokens that an eviction left in the cache, as a part of the window. */
  fewestHeld: v.number(),
});

export type Tally = v.InferOutput<typeof tally>;
export type Memory = v.InferOutput<typeof memory>;
export type SoakState = v.InferOutput<typeof soakState>;

export const TENTHS = 10;

const NOTHING: Tally = {
  turns: 0,
  tokens: 0,
  generated: 0,
  scored: 0,
  logProbability: 0,
  ms: 0,
  cpuMs: 0,
  evictions: 0,
  decodedAgain: 0,
};

export function newState(identity: string): SoakState {
  return { identity, turns: 0, tenths: Array.from({ length: TENTHS }, () => NOTHING), lives: [], answers: [], fewestHeld: 1 };
}

/**
 * The state to go on from: what the file holds, or a new one when there is no file or no path.
 *
 * @throws UsageError when the file belongs to another run or is none of ours.
 */
export function readState(path: string, identity: string): SoakState {
  if (!path || !existsSync(path)) return newState(identity);
  const state = parse(path);
  if (state.identity === identity) return state;
  throw new UsageError(`${path} belongs to another run: ${state.identity}, not ${identity}. Remove it to begin anew.`);
}

/** Writes it in one step, so that a run that is killed leaves the state before or after, never half of one. */
export function writeState(path: string, state: SoakState): void {
  if (!path) return;
  writeFileSync(`${path}.new`, JSON.stringify(state));
  renameSync(`${path}.new`, path);
}

function parse(path: string): SoakState {
  try {
    return v.parse(soakState, JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new UsageError(`${path} is no state of a soak: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** The sum of two tallies. */
export function plus(a: Tally, b: Tally): Tally {
  return {
    turns: a.turns + b.turns,
    tokens: a.tokens + b.tokens,
    generated: a.generated + b.generated,
    scored: a.scored + b.scored,
    logProbability: a.logProbability + b.logProbability,
    ms: a.ms + b.ms,
    cpuMs: a.cpuMs + b.cpuMs,
    evictions: a.evictions + b.evictions,
    decodedAgain: a.decodedAgain + b.decodedAgain,
  };
}
