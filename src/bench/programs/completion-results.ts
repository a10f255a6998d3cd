import type { ChatWork } from '../completion/busy-chat.ts';
import type { FilledHole } from '../completion/hole-filling.ts';
import type { Stroke } from '../completion/typing-trace.ts';
import { check, type Check } from '../report.ts';
import { mean, median, quantile } from '../statistics.ts';
import type { Table } from '../table.ts';

/** A key that was followed by a request. */
export interface KeyResult {
  readonly part: 'typing';
  readonly stroke: Stroke['kind'];
  readonly typed: number;
  /** Whether what to suggest was known already, so that the model was not asked. */
  readonly known: boolean;
  /** Tokens that had to be evaluated before the first one could be drawn. */
  readonly evaluated: number;
  /** Tokens of the whole prompt. */
  readonly prompt: number;
  /** Whether the anchor stayed where it was. */
  readonly frameKept: boolean;
  readonly ms: number;
  /** The same with the library's own infill, where it was measured. */
  readonly libraryMs: number | null;
}

/** A request while the chat does something. */
export interface BusyResult {
  readonly part: 'busy';
  readonly chat: ChatWork;
  readonly ms: number;
}

/** How long something took to end that was told to. */
export interface StopResult {
  readonly part: 'stop';
  readonly what: 'completion' | 'chat';
  readonly ms: number;
}

/** The end of a line that was suggested. */
export interface HoleResult extends FilledHole {
  readonly part: 'hole';
  readonly chat: ChatWork;
}

export type CompletionMeasurement = KeyResult | BusyResult | StopResult | HoleResult;

/** Fewest requests that say something about typing. */
const FEWEST_REQUESTS = 300;
/** Tokens that may be evaluated beyond what was typed. */
const MOST_EXTRA_TOKENS = 15;
/** How many times as long the library is to take. */
const LEAST_GAIN = 3;
/** How much longer a request may take while the chat is busy. */
const LARGEST_DELAY = 2;
const LONGEST_STOP_MS = 250;

const P95 = 0.95;

export function checksOf(results: readonly CompletionMeasurement[]): readonly Check[] {
  const keys = results.filter((result) => result.part === 'typing');
  const asked = keys.filter(({ known }) => !known);
  const gains = asked.flatMap(({ ms, libraryMs }) => (libraryMs === null ? [] : [libraryMs / ms]));
  const busy = (chat: ChatWork): number => quantile(timesOf(results, chat), P95);
  const stops = results.filter((result) => result.part === 'stop');
  return [
    check('typing: requests that reached the model', asked.length, '>=', FEWEST_REQUESTS),
    check(
      'typing: tokens evaluated beyond what was typed, median',
      median(asked.map(({ evaluated, typed }) => evaluated - typed)),
      '<=',
      MOST_EXTRA_TOKENS,
    ),
    check('typing: the library takes so many times as long, median', median(gains), '>=', LEAST_GAIN),
    ...(['generating', 'prefilling'] as const).map((chat) =>
      check(`time to suggestion while the chat is ${chat}, by that while it is idle, p95`, busy(chat) / busy('idle'), '<=', LARGEST_DELAY),
    ),
    ...(['completion', 'chat'] as const).map((what) =>
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

export function tablesOf(results: readonly CompletionMeasurement[]): readonly Table[] {
  const keys = results.filter((result) => result.part === 'typing');
  const rows = [...Map.groupBy(keys, kindOf)].map(([kind, alike]) => [
    kind,
    alike.length,
    mean(alike.map(({ typed }) => typed)),
    mean(alike.map(({ evaluated }) => evaluated)),
    mean(alike.map(({ evaluated }) => evaluated)) / mean(alike.map(({ prompt }) => prompt)),
    ...spread(alike.map(({ ms }) => ms)),
    median(alike.flatMap(({ libraryMs }) => libraryMs ?? [])),
  ]);
  const busy = results.filter((result) => result.part === 'busy');
  return [
    {
      title: 'A request after each key, by what the key did',
      columns: ['key', 'requests', 'typed', 'tokens evaluated', 'part of the prompt', 'ms, median', 'p95', 'library, ms'],
      rows,
    },
    {
      title: 'A request after a key, while the chat on the same model does something',
      columns: ['chat', 'requests', 'ms, median', 'p95'],
      rows: [...Map.groupBy(busy, ({ chat }) => chat)].map(([chat, alike]) => [chat, alike.length, ...spread(alike.map(({ ms }) => ms))]),
    },
    holeTable(results.filter((result) => result.part === 'hole')),
  ];
}

function holeTable(holes: readonly HoleResult[]): Table {
  const share = (alike: readonly HoleResult[], holds: (hole: HoleResult) => boolean): number => alike.filter(holds).length / alike.length;
  const kinds = Map.groupBy(holes, ({ passages, chat }) => `${passages ? 'with' : 'without'} passages, chat ${chat}`);
  return {
    title: 'Ends of lines of unknown code; similarity is 1 less the part of the characters that differ',
    columns: ['', 'holes', 'exact, part', 'similarity, mean', 'nothing said, part', 'ms, median', 'p95'],
    rows: [...kinds].map(([kind, alike]) => [
      kind,
      alike.length,
      share(alike, ({ exact }) => exact),
      mean(alike.map(({ similarity }) => similarity)),
      share(alike, ({ said }) => said === ''),
      ...spread(alike.map(({ ms }) => ms)),
    ]),
  };
}

/** Re-anchoring is told apart: it reads the text behind the cursor again. */
function kindOf({ known, frameKept, stroke }: KeyResult): string {
  if (known) return 'known already';
  if (!frameKept) return 'anchor set anew';
  return stroke === 'backspace' ? 'backspace' : 'key';
}

function spread(values: readonly number[]): readonly [number, number] {
  return [median(values), quantile(values, P95)];
}
