import type { Token } from 'node-llama-cpp';
import type { KvCache } from '../../engine/cache/kv-cache.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { EndlessError } from '../../shared/errors.ts';
import { mean } from '../statistics.ts';
import { stopwatch, type Elapsed } from '../stopwatch.ts';
import { openArmCache, policyNamed, type PolicyName } from './arm-cache.ts';
import { peakMemory, resetPeakMemory } from './peak-memory.ts';
import { perplexity, quarters } from './perplexity.ts';
import { TextStream } from './text-stream.ts';

/** A system and its sizes, in tokens. */
export interface TextCase {
  readonly policy: PolicyName;
  readonly window: number;
  /** First tokens that stay; with re-computation, those that every prompt begins with. */
  readonly sinks: number;
  /** Fewest tokens that leave at once. */
  readonly chunk: number;
}

export interface TextRunOptions {
  /** Most tokens that enter at once. */
  readonly batch: number;
  /** Every how many tokens one is scored with re-computation. */
  readonly every: number;
}

/** What a system made of a text. */
export interface TextResult extends TextCase {
  /** Tokens that were scored. */
  readonly scored: number;
  readonly perplexity: number;
  /** The same of each quarter of what was scored. */
  readonly quarters: readonly number[];
  /** Of those tokens alone that re-computation scores, too. */
  readonly atSameTokens: number;
  readonly quartersAtSameTokens: readonly number[];
  /** Time of a token in the second half of the text; NaN with re-computation, of which `latency` has the fastest. */
  readonly msPerToken: number;
  readonly cpuMsPerToken: number;
  readonly peakMemoryBytes: number;
  readonly appended: number;
  readonly decoded: number;
  /** Tokens of the text that had been taken when there was no room for more. */
  readonly refusedAt: number | null;
}

/** The log-probability of the token at a place in the text, and how long it took, where that can be compared. */
interface Score {
  readonly at: number;
  readonly logProbability: number;
  readonly elapsed?: Elapsed;
}

/** Streams the text through the system and scores each of its tokens, given those that the system still holds. */
export async function runText(
  loaded: LoadedModel,
  tokens: readonly Token[],
  about: TextCase,
  options: TextRunOptions,
): Promise<TextResult> {
  const { policy, window, sinks, chunk } = about;
  resetPeakMemory();
  const arm = await openArmCache(loaded, policyNamed(policy, chunk), window);
  try {
    const { cache } = arm;
    const steps = policy === 'recompute' ? everyNth(cache, tokens, sinks, options.every) : all(cache, tokens, sinks, options.batch);
    const { scores, refusedAt } = await collect(steps);
    const values = scores.map(({ logProbability }) => logProbability);
    const same = scores.filter(({ at }) => at % options.every === 0).map(({ logProbability }) => logProbability);
    const late = scores.slice(Math.floor(scores.length / 2));
    return {
      ...about,
      scored: scores.length,
      perplexity: perplexity(values),
      quarters: quarters(values).map(perplexity),
      atSameTokens: perplexity(same),
      quartersAtSameTokens: quarters(same).map(perplexity),
      msPerToken: mean(late.map(({ elapsed }) => elapsed?.ms ?? NaN)),
      cpuMsPerToken: mean(late.map(({ elapsed }) => elapsed?.cpuMs ?? NaN)),
      peakMemoryBytes: peakMemory(),
      appended: cache.appendedTokens,
      decoded: cache.decodedTokens,
      refusedAt,
    };
  } finally {
    await arm.dispose();
  }
}

type Scores = AsyncGenerator<Score, void, undefined>;

/** A refusal of the cache ends the run, not the measurement. */
async function collect(steps: Scores): Promise<{ readonly scores: readonly Score[]; readonly refusedAt: number | null }> {
  const scores: Score[] = [];
  try {
    for await (const score of steps) scores.push(score);
    return { scores, refusedAt: null };
  } catch (error) {
    if (!(error instanceof EndlessError) || error.code !== 'message-too-long') throw error;
    return { scores, refusedAt: scores.at(-1)?.at ?? 0 };
  }
}

async function* all(cache: KvCache, tokens: readonly Token[], sinks: number, batch: number): Scores {
  let [at, elapsed] = [0, stopwatch()];
  const scored = function* (values: readonly number[]): Generator<Score> {
    const { ms, cpuMs } = elapsed();
    const each = { ms: ms / values.length, cpuMs: cpuMs / values.length };
    for (const logProbability of values) yield { at: ++at, logProbability, elapsed: each };
    elapsed = stopwatch();
  };
  const ofSinks: number[] = [];
  const scoring = { onScored: (values: readonly number[]): void => void ofSinks.push(...values), following: tokens[sinks] };
  const stream = await TextStream.begin(cache, tokens.slice(0, sinks), { largestBatch: batch, scoring });
  yield* scored(ofSinks);
  for await (const values of stream.score(tokens.slice(sinks))) yield* scored(values);
}

/**
 * Re-computation costs a whole window for each token, so only every so-manieth is scored. What is skipped enters with
 * it: the cache is then computed anew once, from just the tokens that the scored one may see, as if it had been for
 * each of them.
 */
async function* everyNth(cache: KvCache, tokens: readonly Token[], sinks: number, every: number): Scores {
  await TextStream.begin(cache, tokens.slice(0, sinks));
  for (let at = every; at < tokens.length; at += every) {
    await cache.makeRoom(every);
    await cache.append(tokens.slice(Math.max(sinks, at - every), at - 1));
    let logProbability = NaN;
    const onScored = ([value = NaN]: readonly number[]): void => void (logProbability = value);
    await cache.append(tokens.slice(at - 1, at), { scoring: { onScored, following: tokens[at] } });
    yield { at, logProbability };
  }
}
