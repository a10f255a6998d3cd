import { check, type Check } from '../report.ts';
import { fencedCode, parses } from '../sanity/snippets.ts';
import { measuredIn, type Outcome } from '../scoring/outcome.ts';
import type { RegisterCase, RegisterResult } from '../scoring/register-run.ts';
import type { TextCase, TextResult } from '../scoring/text-run.ts';
import type { Table } from '../table.ts';

/** One thing that the model was to write. */
export interface Sample {
  readonly task: string;
  readonly prompt: string;
  readonly said: string;
  /** Whether it came to an end before it was too long. */
  readonly ended: boolean;
  /** Whether it is what was wanted: holds the taught text, is the missing line, or, where any code will do, parses. */
  readonly right: boolean;
}

/** Record lines that were asked for, in a window of some size. */
export type Lookup = Outcome<RegisterCase, RegisterResult>;
/** Perplexity with some number of sinks. */
export type SinkResult = Outcome<TextCase, TextResult>;

/** Of what was taught word for word, of the code in such answers, and of lines that can be looked up. */
const LEAST_RIGHT = 0.9;
/** How much more perplexed the model is to be without its sink token. */
const LEAST_LOSS_WITHOUT_SINK = 2;
/** How much four sinks may gain over one. */
const LARGEST_GAIN_OF_MORE = 0.01;

export interface Checked {
  readonly lessons: readonly Sample[];
  /** The first one counts. */
  readonly lines: readonly Lookup[];
  readonly sinks: readonly SinkResult[];
}

export function checksOf({ lessons, lines, sinks }: Checked): readonly Check[] {
  const perplexityWith = (wanted: number): number => measuredIn(sinks).find((result) => result.sinks === wanted)?.perplexity ?? NaN;
  const [lookup] = measuredIn(lines);
  const snippets = lessons.flatMap(({ said }) => fencedCode(said) ?? []);
  const said = share(lessons, ({ right }) => right);
  const ended = share(lessons, ({ ended: has }) => has);
  const lookedUp = `StreamEval ${lookup?.distance ?? '–'} lines back in a window of ${lookup?.window ?? '–'}, part answered exactly`;
  return [
    check('answers as taught, part', said, '>=', LEAST_RIGHT),
    check('answers that end by themselves, part', ended, '>=', LEAST_RIGHT),
    check('code in answers that parses, part', share(snippets, parses), '>=', LEAST_RIGHT),
    check(lookedUp, lookup?.accuracy ?? NaN, '>=', LEAST_RIGHT),
    check('perplexity without the sink token by that with it', perplexityWith(0) / perplexityWith(1), '>=', LEAST_LOSS_WITHOUT_SINK),
    check(
      'perplexity with one sink by that with four, difference from 1',
      Math.abs(perplexityWith(1) / perplexityWith(4) - 1),
      '<=',
      LARGEST_GAIN_OF_MORE,
    ),
  ];
}

export interface Shown {
  readonly samples: readonly Sample[];
  readonly lines: readonly Lookup[];
  readonly sinks: readonly SinkResult[];
}

export function tablesOf({ samples, lines, sinks }: Shown): readonly Table[] {
  return [
    {
      title: 'What it wrote: answers are right when they hold the taught text, functions begun when they parse, lines when they are exact',
      columns: ['task', 'asked', 'right', 'ended'],
      rows: [...Map.groupBy(samples, ({ task }) => task)].map(([task, alike]) => [
        task,
        alike.length,
        alike.filter(({ right }) => right).length,
        alike.filter(({ ended }) => ended).length,
      ]),
    },
    ...examplesOf(samples),
    {
      title: 'StreamEval: record lines that were looked up',
      columns: ['window', 'lines back', 'tokens back', 'asked', 'part answered exactly'],
      rows: measuredIn(lines).map(({ window, distance, distanceTokens, samples: asked, accuracy }) => [
        window,
        distance,
        distanceTokens,
        asked,
        accuracy,
      ]),
    },
    {
      title: 'Perplexity of unknown code, by the first tokens that stay',
      columns: ['sinks + newest', 'tokens', 'perplexity'],
      rows: measuredIn(sinks).map(({ sinks: kept, window, scored, perplexity }) => [`${kept}+${window - kept}`, scored, perplexity]),
    },
  ];
}

const EXAMPLES = 3;

/** A few of each, right or wrong, so that one can see for oneself. */
function examplesOf(samples: readonly Sample[]): readonly Table[] {
  return [...Map.groupBy(samples, ({ task }) => task)].map(([task, alike]) => ({
    title: `For example: ${task}`,
    columns: ['asked', 'said', ''],
    rows: alike.slice(0, EXAMPLES).map(({ prompt, said, right }) => [prompt.trim(), said.replaceAll('\n', '⏎'), right ? '' : 'not right']),
  }));
}

function share<T>(all: readonly T[], holds: (one: T) => boolean): number {
  return all.filter(holds).length / all.length;
}
