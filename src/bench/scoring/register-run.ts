import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { openArmCache, policyNamed, type PolicyName } from './arm-cache.ts';
import { mean } from '../statistics.ts';
import { LINES_PER_QUERY } from './register-lines.ts';
import { RegisterStream, type Answer } from './register-stream.ts';

export interface RegisterCase {
  readonly policy: PolicyName;
  readonly window: number;
  readonly sinks: number;
  readonly chunk: number;
  /** How many lines back the queries reach. */
  readonly distance: number;
}

export interface RegisterResult extends RegisterCase {
  /** The same in tokens, from the beginning of the line to the query's end; mean. */
  readonly distanceTokens: number;
  readonly samples: number;
  readonly accuracy: number;
  /** Queries whose line was in the cache as a whole when they had been read, and how many of those were answered rightly. */
  readonly inCache: number;
  readonly rightInCache: number;
  /** Queries of whose line nothing was left. */
  readonly gone: number;
  readonly rightGone: number;
  readonly appended: number;
  readonly decoded: number;
  /** What the model answered first, word by word. */
  readonly examples: readonly string[];
}

const EXAMPLES = 5;

/**
 * StreamEval: lines with numbers, and after every tenth a query about the line `distance` before. Everything stays in
 * the stream, until it is evicted: the lines, the queries, and what the model answered, right or wrong.
 */
export async function runRegisters(loaded: LoadedModel, about: RegisterCase, samples: number): Promise<RegisterResult> {
  const arm = await openArmCache(loaded, policyNamed(about.policy, about.chunk), about.window);
  try {
    const stream = await RegisterStream.begin(loaded, arm.cache, about.sinks);
    const answers: Answer[] = [];
    for (let line = 2; answers.length < samples; line++) {
      await stream.append(line);
      const asked = line - about.distance;
      if (line % LINES_PER_QUERY === 0 && asked >= 1) answers.push(await stream.ask(asked));
    }
    const [inCache, gone] = [answers.filter(({ place }) => place === 'in-cache'), answers.filter(({ place }) => place === 'gone')];
    return {
      ...about,
      distanceTokens: mean(answers.map(({ distanceTokens }) => distanceTokens)),
      samples,
      accuracy: numberOfRight(answers) / samples,
      inCache: inCache.length,
      rightInCache: numberOfRight(inCache),
      gone: gone.length,
      rightGone: numberOfRight(gone),
      appended: arm.cache.appendedTokens,
      decoded: arm.cache.decodedTokens,
      examples: answers.slice(0, EXAMPLES).map(({ text }) => text),
    };
  } finally {
    await arm.dispose();
  }
}

function numberOfRight(answers: readonly Answer[]): number {
  return answers.filter(({ right }) => right).length;
}
