import { describe, expect, it } from 'vitest';
import { linesOf, summaryOf } from '../../../src/webview/cache/chart-data.ts';
import { askedSince, withSamples } from '../../../src/webview/state/samples.ts';
import { samples } from '../../webview/fixtures/conversation.ts';

const NOON = new Date(2026, 10, 21, 12);
const MIDNIGHT = new Date(2026, 10, 21).getTime();
const at = (...times: readonly number[]) => times.map((time) => ({ ...samples(1)[0]!, at: time }));
const timesOf = (all: readonly { readonly at: number }[]) => all.map((one) => one.at);

describe('the samples of the day', () => {
  it('are asked for from midnight on at first, then from what is known on', () => {
    expect(askedSince([], NOON)).toBe(MIDNIGHT);
    expect(askedSince(at(MIDNIGHT + 5, MIDNIGHT + 9), NOON)).toBe(MIDNIGHT + 10);
  });

  it('are asked for from midnight on when another day has begun', () => {
    expect(askedSince(at(MIDNIGHT - 5), NOON)).toBe(MIDNIGHT);
  });

  it('grow by what comes, and forget what was yesterday', () => {
    const known = at(MIDNIGHT - 1, MIDNIGHT + 1, MIDNIGHT + 2);
    const message = { type: 'samples' as const, since: MIDNIGHT + 3, samples: at(MIDNIGHT + 3) };
    expect(timesOf(withSamples(known, message, NOON))).toEqual([MIDNIGHT + 1, MIDNIGHT + 2, MIDNIGHT + 3]);
  });

  it('are not there twice when they come twice', () => {
    const message = { type: 'samples' as const, since: MIDNIGHT, samples: at(MIDNIGHT, MIDNIGHT + 1) };
    const once = withSamples([], message, NOON);
    expect(withSamples(once, message, NOON)).toEqual(once);
  });
});

describe('the lines of a chart', () => {
  it('have a gap where nothing was measured', () => {
    const [first, second] = samples(2);
    const { perplexity: _, ...unmeasured } = first!;
    expect(linesOf('perplexity', [unmeasured, second!])).toEqual([[null, second!.perplexity]]);
  });

  it('have one for the GPU only where there is one', () => {
    expect(linesOf('memory', samples(2))).toHaveLength(2);
    expect(linesOf('memory', samples(2, { gpuBytes: undefined }))).toHaveLength(1);
  });

  it('are summed up by the lowest, the median and the highest value', () => {
    expect(summaryOf([3, null, 10, 1])).toEqual({ lowest: 1, median: 3, highest: 10 });
    expect(summaryOf([1, 2])).toEqual({ lowest: 1, median: 1.5, highest: 2 });
    expect(summaryOf([null])).toBeUndefined();
  });
});
