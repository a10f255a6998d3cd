import type { Token } from 'node-llama-cpp';
import { streamingPolicy, windowPolicy } from '../../engine/cache/policy.ts';
import { shiftDivergence, shiftDrift } from '../../engine/cache/shift-drift.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { openCompared } from './contexts.ts';
import { randomOperations, SMALLEST_CAPACITY } from './operations.ts';
import { askOracle, type OracleAnswer } from './oracle.ts';
import type { Rolling } from './rolling-conversation.ts';
import { Words } from './words.ts';

/** What was found out about one model in one way; with an oracle's answer, the figures that show it was a real one. */
export interface CaseResult extends Partial<Omit<OracleAnswer, 'kl'>> {
  readonly case: string;
  /** Whether the engine lets this model's cache roll. */
  readonly supported: boolean;
  /** Why not; `aborted` when the process was lost over it. */
  readonly reason: string | null;
  /** Divergence in nats. */
  readonly kl: number | null;
}

/** Both ways in which a cache rolls: with sinks that stay, and from its very first token on. */
export const ROLLINGS: readonly Rolling[] = [
  { policy: streamingPolicy(SMALLEST_CAPACITY / 6), sinks: 4, header: 2, answerHeader: 3 },
  { policy: windowPolicy(SMALLEST_CAPACITY / 6), sinks: 0, header: 0, answerHeader: 0 },
];

/** Times that the keys are shifted there and back again. */
const DRIFT_ROUNDS = [1, 16, 64] as const;
const DRIFT_TOKENS = 128;
const DRIFT_DISTANCE = 32;

export interface Extent {
  /** Operations of each conversation. */
  readonly operations: number;
  readonly seed: number;
}

/** All that can be found out about a model: nothing is shifted where it cannot be, and only one layer has an oracle. */
export async function casesOf(name: string, loaded: LoadedModel, layers: number, extent: Extent): Promise<readonly CaseResult[]> {
  const { canShift, shiftObstacle } = loaded.facts;
  if (!canShift) return [{ case: name, supported: false, reason: shiftObstacle ?? null, kl: null }];
  const answers = layers === 1 ? await oracleCases(name, loaded, extent) : [];
  return [...answers, ...(await driftCases(name, loaded))];
}

async function oracleCases(name: string, { model, facts }: LoadedModel, { operations, seed }: Extent): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const rolling of ROLLINGS) {
    const question = { model, threads: facts.threads, rolling, operations: randomOperations(operations, seed) };
    results.push({ case: `${name}, ${rolling.policy.name}`, supported: true, reason: null, ...(await askOracle(question)) });
  }
  return results;
}

async function driftCases(name: string, { model, facts }: LoadedModel): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  const { context, sequence } = await openCompared(model, 2 * DRIFT_TOKENS, facts.threads);
  const text: readonly Token[] = new Words(model.iterateAllTokens()).next(DRIFT_TOKENS);
  const kl = await shiftDivergence(sequence, text, DRIFT_DISTANCE);
  results.push({ case: `${name}, moved`, supported: true, reason: null, kl });
  for (const rounds of DRIFT_ROUNDS) {
    const kl = await shiftDrift(sequence, text, { distance: DRIFT_DISTANCE, rounds });
    results.push({ case: `${name}, drift ${rounds}`, supported: true, reason: null, kl });
  }
  await context.dispose();
  return results;
}
