import type { ChatWork } from '../completion/busy-chat.ts';
import type { FilledHole } from '../completion/hole-filling.ts';
import type { AskedKey } from '../completion/typing-run.ts';
import { check, type Check } from '../report.ts';
import { median, quantile } from '../statistics.ts';

/** A key after which the editor asked for a completion. */
export interface KeyResult {
  readonly part: 'typing';
  /** With passages from other places or without them; `as it is`: a trained model that writes as much as it wants. */
  readonly run: 'no passages' | 'passages' | 'as it is';
  /** Characters typed since the request before that reached the model. */
  readonly typed: number;
  readonly decision: AskedKey['decision'];
  /** Of a request that reached the model; `superseded` are those that the next key came before. */
  readonly stats: AskedKey['stats'] | null;
  /** From the question to the answer, pauses included. */
  readonly ms: number;
}

/** A request that nobody waited for yet. */
export interface AheadResult {
  readonly part: 'ahead';
  readonly run: KeyResult['run'];
  readonly evaluated: number;
}

/** All that was decoded in a run: for requests, ahead of them and in pauses, read or generated. */
export interface DecodedResult {
  readonly part: 'decoded';
  readonly run: KeyResult['run'];
  readonly tokens: number;
}

/** The same request as one of `passages`, of the library's own infill. */
export interface LibraryResult {
  readonly part: 'library';
  readonly ms: number;
  /** What ours took. */
  readonly ownMs: number;
}

export type TypingResult = KeyResult | AheadResult | DecodedResult | LibraryResult;

/** A request while the chat does something. */
export interface BusyResult {
  readonly part: 'busy';
  readonly chat: ChatWork;
  readonly ms: number;
}

/** How long something took to end that was told to. */
export interface StopResult {
  readonly part: 'stop';
  /** A chat waits while a completion goes before it. */
  readonly what: 'completion' | 'chat' | 'waiting chat';
  readonly ms: number;
}

/** The end of a line that was suggested. */
export interface HoleResult extends FilledHole {
  readonly part: 'hole';
  readonly chat: ChatWork;
}

export type CompletionMeasurement = TypingResult | BusyResult | StopResult | HoleResult;

/** Fewest requests that say something about typing. */
const FEWEST_REQUESTS = 300;
/** Tokens that may be evaluated beyond what was typed. */
const MOST_EXTRA_TOKENS = 15;
/** How many times as long the library is to take. */
const LEAST_GAIN = 3;
/** How much longer a request may take while the chat is busy. */
const LARGEST_DELAY = 2;
const LONGEST_STOP_MS = 250;

export const P95 = 0.95;

export function checksOf(results: readonly CompletionMeasurement[]): readonly Check[] {
  const asked = reached(results, 'passages');
  const gains = results.flatMap((result) => (result.part === 'library' ? [result.ms / result.ownMs] : []));
  const busy = (chat: ChatWork): number => quantile(timesOf(results, chat), P95);
  const stops = results.filter((result) => result.part === 'stop');
  return [
    check('typing: requests that reached the model', asked.length, '>=', FEWEST_REQUESTS),
    check(
      'typing: tokens evaluated beyond what was typed, median',
      median(asked.map(({ stats, typed }) => stats.evaluated - typed)),
      '<=',
      MOST_EXTRA_TOKENS,
    ),
    check('typing: the library takes so many times as long, median', median(gains), '>=', LEAST_GAIN),
    ...(['generating', 'prefilling'] as const).map((chat) =>
      check(`time to suggestion while the chat is ${chat}, by that while it is idle, p95`, busy(chat) / busy('idle'), '<=', LARGEST_DELAY),
    ),
    ...(['completion', 'chat', 'waiting chat'] as const).map((what) =>
      check(
        `ms until a ${what} that is told to stop has stopped, p95`,
        quantile(
          stops.filter((stop) => stop.what === what).map(({ ms }) => ms),
          P95,
        ),
        '<=',
        LONGEST_STOP_MS,
      ),
    ),
  ];
}

function timesOf(results: readonly CompletionMeasurement[], chat: ChatWork): readonly number[] {
  return results.flatMap((result) => (result.part === 'busy' && result.chat === chat ? [result.ms] : []));
}

export type Reached = KeyResult & { readonly stats: NonNullable<KeyResult['stats']> };

/** The keys whose requests reached the model: it read something for them. */
export function reached(results: readonly CompletionMeasurement[], run: KeyResult['run']): readonly Reached[] {
  return results.filter(
    (result): result is Reached => result.part === 'typing' && result.run === run && (result.stats?.evaluated ?? 0) > 0,
  );
}
