import type { Axis } from '../chart.ts';

/** Where values come to lie on an axis, and where it is marked. */
export interface Scale {
  /** 0 at the beginning of the axis, 1 at its end. */
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

/** About how many marks an axis has. */
const TICKS = 5;

/** Steps between marks that are easy to read, for any power of ten. */
const STEPS = [1, 2, 5, 10] as const;

/** An axis that holds all the values and begins and ends with a mark; a linear one begins at 0 where it can. */
export function scaleFor(values: readonly number[], scale: Axis['scale']): Scale {
  return scale === 'log' ? logarithmic(values) : linear(values);
}

/** Whether the axis can show the value at all. */
export function canShow(value: number, scale: Axis['scale']): boolean {
  return Number.isFinite(value) && (scale === 'linear' || value > 0);
}

function linear(values: readonly number[]): Scale {
  const low = Math.min(0, ...values);
  const high = Math.max(...values) > low ? Math.max(...values) : low + 1;
  const rough = (high - low) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (STEPS.find((candidate) => candidate * power >= rough) ?? 10);
  const [first, last] = [Math.floor(low / step), Math.ceil(high / step)];
  const ticks = Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
  return { ticks, place: (value) => (value / step - first) / (last - first) };
}

function logarithmic(values: readonly number[]): Scale {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const candidates = Array.from({ length: last - first + 1 }, (_, at) => 10 ** (first + at)).flatMap((power) =>
    last - first > TICKS ? [power] : [power, 2 * power, 5 * power],
  );
  const from = candidates.findLast((tick) => tick <= low) ?? low;
  const to = candidates.find((tick) => tick >= high && tick > from) ?? high * 10;
  const place = (value: number): number => Math.log(value / from) / Math.log(to / from);
  return { ticks: candidates.filter((tick) => tick >= from && tick <= to), place };
}
