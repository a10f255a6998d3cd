import { describe, expect, it } from 'vitest';
import { checksOf, type Checked, type Lookup, type Sample, type SinkResult } from '../../../src/bench/programs/sanity-results.ts';

const sample = (changes: Partial<Sample> = {}): Sample => ({
  ...{ task: 'functions', prompt: 'Write.', said: '```js\nf();\n```', ended: true, right: true },
  ...changes,
});
const lookup = (accuracy: number): Lookup => ({ supported: true, reason: null, window: 256, distance: 5, accuracy }) as Lookup;
const sinkResult = (sinks: number, perplexity: number): SinkResult => ({ supported: true, reason: null, sinks, perplexity }) as SinkResult;
const refused = { supported: false, reason: 'recurrent' } as const;

const good: Checked = {
  lessons: Array.from({ length: 10 }, () => sample()),
  lines: [lookup(0.9), lookup(0.1)],
  sinks: [sinkResult(0, 20), sinkResult(1, 10), sinkResult(4, 9.95)],
};

function failing(changes: Partial<Checked>): readonly number[] {
  return checksOf({ ...good, ...changes }).flatMap(({ holds }, at) => (holds ? [] : [at]));
}

describe('the checks of sanity', () => {
  it('hold for a model that knows what it was taught, looks up, and rests on its sink', () => expect(failing({})).toEqual([]));

  it.each<[string, Partial<Checked>, readonly number[]]>([
    ['says something else', { lessons: [sample(), sample({ right: false })] }, [0]],
    ['does not end', { lessons: [sample(), sample({ ended: false })] }, [1]],
    ['writes code that does not parse', { lessons: [sample(), sample({ said: '```js\nf(\n```' })] }, [2]],
    ['looks up less in the first window', { lines: [lookup(0.89), lookup(1)] }, [3]],
    ['does not miss its sink', { sinks: [sinkResult(0, 19), sinkResult(1, 10), sinkResult(4, 10)] }, [4]],
    ['needs more sinks than one', { sinks: [sinkResult(0, 30), sinkResult(1, 10), sinkResult(4, 9.8)] }, [5]],
  ])('fail for one that %s', (_, changes, expected) => expect(failing(changes)).toEqual(expected));

  it('fail where nothing was measured', () => {
    expect(failing({ lessons: [], lines: [refused as Lookup], sinks: [refused as SinkResult] })).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
