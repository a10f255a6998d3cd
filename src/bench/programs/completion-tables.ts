import { mean, median, quantile } from '../statistics.ts';
import type { Table } from '../table.ts';
import { P95, reached, type CompletionMeasurement, type HoleResult, type KeyResult, type LibraryResult } from './completion-results.ts';

export function tablesOf(results: readonly CompletionMeasurement[]): readonly Table[] {
  const busy = results.filter((result) => result.part === 'busy');
  return [
    keyTable(results),
    requestTable(results),
    libraryTable(results.filter((result) => result.part === 'library')),
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

const RUNS = ['no passages', 'passages', 'as it is'] as const satisfies readonly KeyResult['run'][];

/** What became of the keys, and what all of them together cost. */
function keyTable(results: readonly CompletionMeasurement[]): Table {
  const rows = RUNS.map((run) => {
    const keys = results.filter((result) => result.part === 'typing' && result.run === run) as readonly KeyResult[];
    const asked = reached(results, run);
    const ahead = results.flatMap((result) => (result.part === 'ahead' && result.run === run ? [result.evaluated] : []));
    const known = keys.filter(({ decision }) => decision === 'known' || decision === 'known-nothing').length;
    const answered = asked.filter(({ decision }) => decision !== 'superseded');
    const decoded = sum(results.flatMap((result) => (result.part === 'decoded' && result.run === run ? [result.tokens] : [])));
    return [
      run,
      keys.length,
      known,
      keys.length - known - asked.length,
      asked.length - answered.length,
      answered.length,
      ahead.length,
      sum(asked.map(({ stats }) => stats.evaluated)) / keys.length,
      decoded / keys.length,
      ...spread(answered.map(({ ms }) => ms)),
    ];
  });
  const columns = [
    'keys',
    'known',
    'next key first',
    'superseded',
    'answered',
    'asked ahead',
    'tokens evaluated for each',
    'all tokens decoded for each',
  ];
  return {
    title: 'What became of the keys of the recording; the time is from the key to the answer, the wait for the next key included',
    columns: ['', ...columns, 'ms, median', 'p95'],
    rows,
  };
}

/** Re-anchoring is told apart: it reads the text behind the cursor again. */
function requestTable(results: readonly CompletionMeasurement[]): Table {
  const rows = RUNS.flatMap((run) =>
    [true, false].map((kept) => {
      const asked = reached(results, run).filter(({ stats }) => stats.frameKept === kept);
      const answered = asked.filter(({ decision }) => decision !== 'superseded');
      const evaluated = asked.map(({ stats }) => stats.evaluated);
      return [
        `${run}, ${kept ? 'anchor kept' : 'anchor set anew'}`,
        asked.length,
        mean(asked.map(({ typed }) => typed)),
        median(evaluated),
        mean(evaluated),
        sum(evaluated) / sum(asked.map(({ stats }) => stats.evaluated + stats.reused)),
        ...spread(answered.map(({ stats }) => stats.totalMs)),
      ];
    }),
  );
  return {
    title: 'Requests that reached the model; the time is from the request to the answer',
    columns: ['', 'requests', 'characters typed', 'tokens evaluated, median', 'mean', 'part of the prompt', 'ms, median', 'p95'],
    rows,
  };
}

function libraryTable(results: readonly LibraryResult[]): Table {
  return {
    title: 'The same requests of the library’s own infill',
    columns: ['requests', 'ours, ms, median', 'library, ms, median', 'times as long, median', 'lower quartile', 'upper quartile'],
    rows: [
      [
        results.length,
        median(results.map(({ ownMs }) => ownMs)),
        median(results.map(({ ms }) => ms)),
        ...[1 / 2, 1 / 4, 3 / 4].map((part) =>
          quantile(
            results.map(({ ms, ownMs }) => ms / ownMs),
            part,
          ),
        ),
      ],
    ],
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function spread(values: readonly number[]): readonly [number, number] {
  return [median(values), quantile(values, P95)];
}
