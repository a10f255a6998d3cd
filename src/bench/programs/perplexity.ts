import { bosTokens } from '../../engine/model/bos-tokens.ts';
import { readCorpus } from '../corpus/corpus.ts';
import { describeModel, loadForBench, MODEL_OPTIONS } from '../loaded-model.ts';
import { namesIn } from '../name-list.ts';
import { numbersIn, UsageError } from '../options.ts';
import { defineBench, type Measurement } from '../program.ts';
import { POLICIES, type PolicyName } from '../scoring/arm-cache.ts';
import { chunkIn } from '../scoring/chunk.ts';
import { measuredIn, outcomeOf, refusalTables, type Outcome } from '../scoring/outcome.ts';
import { runText, type TextCase, type TextResult } from '../scoring/text-run.ts';
import { textTokens } from '../scoring/text-tokens.ts';
import { chartsOf, checksOf, tableOf, titleOf } from './perplexity-results.ts';

const { window: _window, ...MODEL } = MODEL_OPTIONS;

/** The text must be this many times as long as the largest window, so that most of it is read through a rolling cache. */
const FEWEST_WINDOWS = 4;

/** Perplexity of a long text in the systems that the work on StreamingLLM compares (figure 1, tables 2 and 6). */
export const perplexity = defineBench({
  options: {
    ...MODEL,
    text: { default: '', help: 'text file; without it, the sources of this repository' },
    tokens: { default: 8192, minimum: 256, help: 'tokens of the text to read, from its beginning' },
    policies: { default: 'dense,window,recompute,streaming', help: `some of ${POLICIES.join(', ')}` },
    windows: { default: '512', help: 'tokens the cache may hold' },
    sinks: { default: '1,2,4,8', help: 'first tokens that stay, with streaming; 0 is window attention' },
    chunks: { default: '1/8', help: 'fewest tokens that leave at once, or their part of the window' },
    dense: { default: 0, help: 'tokens that dense attention may hold; 0 is twice the trained length' },
    every: { default: 32, minimum: 1, help: 'every how many tokens one is scored with re-computation' },
    batch: { default: 64, minimum: 1, help: 'most tokens that enter at once; with 1 the times are those of decoding' },
  },
  async measure(parameters, progress): Promise<Measurement> {
    const windows = numbersIn('windows', parameters.windows, 64);
    const loaded = await loadForBench({ ...parameters, window: Math.max(...windows) });
    try {
      const corpus = readCorpus(parameters.text);
      const tokens = textTokens(loaded, corpus.text).slice(0, parameters.tokens);
      if (tokens.length < FEWEST_WINDOWS * Math.max(...windows)) {
        throw new UsageError(`${tokens.length} tokens of text are too few: ${FEWEST_WINDOWS} of the largest window are needed.`);
      }
      const dense = Math.min(tokens.length, parameters.dense || 2 * (loaded.facts.trainedContext || tokens.length));
      const cases = casesOf({ ...parameters, windows, dense, bos: bosTokens(loaded.model).length });
      for (const about of cases) requireRoom(about, parameters.every);
      const outcomes: Outcome<TextCase, TextResult>[] = [];
      for (const about of cases) {
        outcomes.push(await outcomeOf(loaded, about, () => runText(loaded, tokens, about, parameters)));
        progress(`${outcomes.length} of ${cases.length}: ${titleOf(about)}`);
      }
      const results = measuredIn(outcomes);
      return {
        model: describeModel(loaded.facts, loaded.fingerprint),
        results: outcomes.map((outcome) => ({ ...outcome, corpus: corpus.name, corpusSha256: corpus.sha256 })),
        checks: checksOf(results),
        tables: [
          tableOf(results, `${corpus.name} (${corpus.sha256}), ${tokens.length} tokens`),
          ...refusalTables<TextCase, TextResult>(outcomes, titleOf),
        ],
        charts: chartsOf(results),
      };
    } finally {
      await loaded.dispose();
    }
  },
});

/** @throws UsageError for a system that could not hold what it is to hold. */
function requireRoom({ policy, window, sinks, chunk }: TextCase, every: number): void {
  if (policy === 'recompute' && sinks + every > window) throw new UsageError(`--every must be at most ${window - sinks}.`);
  if (policy === 'streaming' && sinks + chunk > window) {
    throw new UsageError(`A window of ${window} is too small for ${sinks} sinks and a chunk of ${chunk}.`);
  }
}

interface Sweep {
  readonly policies: string;
  readonly windows: readonly number[];
  readonly sinks: string;
  readonly chunks: string;
  readonly dense: number;
  /** Tokens that every prompt begins with. */
  readonly bos: number;
}

/** All combinations that differ: what a system does not know of is not varied. */
function casesOf({ policies, windows, sinks, chunks, dense, bos }: Sweep): readonly TextCase[] {
  const cases = namesIn('policies', policies, POLICIES).flatMap((policy) =>
    (policy === 'dense' ? [dense] : windows).flatMap((window) =>
      sinksOf(policy, numbersIn('sinks', sinks, 0), bos).flatMap((kept) =>
        chunksOf(policy, chunks.split(','), window).map((chunk) => caseOf(policy, window, kept, chunk)),
      ),
    ),
  );
  return [...new Map(cases.map((about) => [titleOf(about), about])).values()];
}

/** Streaming without sinks is window attention. */
function caseOf(policy: PolicyName, window: number, sinks: number, chunk: number): TextCase {
  return { policy: policy === 'streaming' && sinks === 0 ? 'window' : policy, window, sinks, chunk };
}

function sinksOf(policy: PolicyName, sinks: readonly number[], bos: number): readonly number[] {
  switch (policy) {
    case 'streaming':
      return sinks;
    case 'rebase':
      return [4];
    case 'recompute':
      return [bos];
    case 'dense':
    case 'window':
      return [0];
  }
}

function chunksOf(policy: PolicyName, chunks: readonly string[], window: number): readonly number[] {
  return policy === 'streaming' || policy === 'window' ? chunks.map((chunk) => chunkIn(chunk, window)) : [1];
}
