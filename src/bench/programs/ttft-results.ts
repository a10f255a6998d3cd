import type { TurnCost } from '../arms/chat-arm.ts';
import type { Chart } from '../chart.ts';
import { check, type Check } from '../report.ts';
import { mean, median, quantile, worst } from '../statistics.ts';
import type { Table } from '../table.ts';

/** The turns that are compared: with a window that fills, and the last third, long after it was full. */
const EARLY = { from: 5, to: 10 } as const;
const LATE_PART = 1 / 3;

/** How much longer the first token may take late in the conversation than early in it. */
const SLOWEST_LATE = 1.3;

/** How many times as long the first token must take with a prompt that is processed again every turn. */
const LEAST_RATIO = 10;

export interface TurnResult extends TurnCost {
  readonly arm: string;
  readonly conversation: number;
  readonly turn: number;
  /** All tokens of the conversation so far, in the cache or not. */
  readonly textTokens: number;
  /** Whether they are more than the window holds. */
  readonly full: boolean;
}

/** That the rolling cache decodes nothing twice, and is no slower late than early. */
export function flatnessChecks(results: readonly TurnResult[], turns: number): readonly Check[] {
  const ours = results.filter(({ arm }) => arm === 'streaming');
  const full = ours.filter((result) => result.full);
  const decodedAgain = full.filter(({ decoded, newTokens }) => decoded !== newTokens);
  const fullTurns = new Set(full.map(({ turn }) => turn)).size;
  return [
    check('turns after the window was full', fullTurns, '>=', Math.floor(turns / 2)),
    check('of these, turns in which tokens decoded differ from tokens appended', decodedAgain.length, '<=', 0),
    check('median time to first token, late turns / early turns', lateToEarly(ours, turns), '<=', SLOWEST_LATE),
  ];
}

/**
 * What streaming gains over truncating the history once the window is full, and that the product is no slower than a
 * plain script that rolls; for models of a realistic size. What was not measured fails.
 */
export function gainChecks(results: readonly TurnResult[]): readonly Check[] {
  const whenFull = (name: string): readonly number[] => firstTokens(results.filter(({ arm, full }) => arm === name && full));
  const [streaming, script] = [whenFull('streaming'), whenFull('rolling-script')];
  const [everyTurn, aTenth] = [whenFull('truncate-every-turn'), whenFull('truncate-a-tenth')];
  const ratio = median(everyTurn) / median(streaming);
  return [
    check('median time to first token after the window was full, truncate-every-turn / streaming', ratio, '>=', LEAST_RATIO),
    check('mean of it, streaming / truncate-a-tenth', mean(streaming) / mean(aTenth), '<=', 1),
    check('worst of it, streaming / truncate-a-tenth', worst(streaming) / worst(aTenth), '<=', 1),
    check('mean of it, streaming / rolling-script', mean(streaming) / mean(script), '<=', 1),
  ];
}

function lateToEarly(results: readonly TurnResult[], turns: number): number {
  return median(firstTokens(results.filter(isLate(turns)))) / median(firstTokens(results.filter(isEarly)));
}

function isEarly({ turn }: TurnResult): boolean {
  return turn >= EARLY.from && turn <= EARLY.to;
}

function isLate(turns: number): (result: TurnResult) => boolean {
  return ({ turn }) => turn > turns * (1 - LATE_PART);
}

function firstTokens(results: readonly TurnResult[]): readonly number[] {
  return results.map(({ firstTokenMs }) => firstTokenMs);
}

function armsIn(results: readonly TurnResult[]): readonly string[] {
  return [...new Set(results.map(({ arm }) => arm))];
}

export function tablesOf(results: readonly TurnResult[], turns: number): readonly Table[] {
  return [perTurn(results, turns), perArm(results, turns), ratios(results, turns)];
}

function medianOf(results: readonly TurnResult[], arm: string, turn: number, field: keyof TurnCost): number {
  return median(results.filter((result) => result.arm === arm && result.turn === turn).map((result) => result[field]));
}

function perTurn(results: readonly TurnResult[], turns: number): Table {
  const arms = armsIn(results);
  return {
    title: 'Turn by turn, median of the conversations: ms to the first token, then tokens decoded',
    columns: ['turn', ...arms, ...arms.map((arm) => `${arm} decoded`), 'tokens added'],
    rows: Array.from({ length: turns }, (_, at) => [
      at + 1,
      ...arms.map((arm) => medianOf(results, arm, at + 1, 'firstTokenMs')),
      ...arms.map((arm) => medianOf(results, arm, at + 1, 'decoded')),
      medianOf(results, arms[0] ?? '', at + 1, 'newTokens'),
    ]),
  };
}

function perArm(results: readonly TurnResult[], turns: number): Table {
  const phases = [
    ['early', isEarly],
    ['late', isLate(turns)],
    ['all after the window was full', (result: TurnResult) => result.full],
  ] as const;
  return {
    title: 'Time to first token in ms (its processor time: median; decoded, settling and whole turn: mean)',
    columns: ['arm', 'turns', 'measured', 'median', 'mean', 'p95', 'worst', 'processor', 'decoded', 'settling', 'whole turn'],
    rows: armsIn(results).flatMap((arm) =>
      phases.map(([phase, belongs]) => {
        const chosen = results.filter((result) => result.arm === arm && belongs(result));
        const of = (field: keyof TurnCost): readonly number[] => chosen.map((result) => result[field]);
        const times = of('firstTokenMs');
        return [
          ...[arm, phase, chosen.length, median(times), mean(times), quantile(times, 0.95), worst(times), median(of('firstTokenCpuMs'))],
          ...[mean(of('decoded')), mean(of('settleMs')), mean(of('turnMs'))],
        ];
      }),
    ),
  };
}

/** The spread between the conversations shows how far the figures can be trusted on this machine. */
function ratios(results: readonly TurnResult[], turns: number): Table {
  const conversations = [...new Set(results.map(({ conversation }) => conversation))];
  const row =
    (title: string, chosen: readonly TurnResult[]) =>
    (arm: string): readonly (number | string)[] => {
      const own = chosen.filter((result) => result.arm === arm);
      const whenFull = (name: string): readonly number[] => firstTokens(chosen.filter((result) => result.arm === name && result.full));
      const [theirs, ours] = [whenFull(arm), whenFull('streaming')];
      return [arm, title, lateToEarly(own, turns), median(theirs) / median(ours), mean(theirs) / mean(ours), worst(theirs) / worst(ours)];
    };
  return {
    title: 'Ratios of times to first token; those by streaming are of the turns after the window was full',
    columns: ['arm', 'conversation', 'late / early', 'median by streaming', 'mean by streaming', 'worst by streaming'],
    rows: armsIn(results).flatMap((arm) => [
      ...conversations.map((number) =>
        row(
          String(number),
          results.filter(({ conversation }) => conversation === number),
        )(arm),
      ),
      row('all', results)(arm),
    ]),
  };
}

export function chartsOf(results: readonly TurnResult[], turns: number): readonly Chart[] {
  const chart = (title: string, label: string, field: keyof TurnCost): Chart => ({
    title,
    x: { label: 'turn', scale: 'linear' },
    y: { label, scale: 'log' },
    series: armsIn(results).map((name) => ({
      name,
      points: Array.from({ length: turns }, (_, at) => ({ x: at + 1, y: medianOf(results, name, at + 1, field) })),
    })),
  });
  return [chart('Time to first token, turn by turn', 'ms', 'firstTokenMs'), chart('Tokens decoded for a turn', 'tokens', 'decoded')];
}
