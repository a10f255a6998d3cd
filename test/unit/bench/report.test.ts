import { describe, expect, it } from 'vitest';
import { check, figure, formatChecks } from '../../../src/bench/report.ts';
import { formatTable } from '../../../src/bench/table.ts';

describe('a check', () => {
  it.each([
    [1.29, '<=', 1.3, true],
    [1.3, '<=', 1.3, true],
    [1.31, '<=', 1.3, false],
    [30, '>=', 30, true],
    [29, '>=', 30, false],
  ] as const)('%d %s %d: %s', (value, comparison, limit, holds) => {
    expect(check('a bound', value, comparison, limit)).toEqual({ name: 'a bound', value, comparison, limit, holds });
  });

  it.each(['<=', '>='] as const)('does not hold when nothing was measured (%s)', (comparison) => {
    expect(check('a bound', NaN, comparison, 0).holds).toBe(false);
  });

  it('says in a line what was measured, and marks what fails', () => {
    expect(formatChecks([check('ratio', 1.25, '<=', 1.3), check('turns', 3, '>=', 30)])).toBe(
      'holds  ratio: 1.25 <= 1.3\nFAILS  turns: 3 >= 30',
    );
  });
});

describe('a figure', () => {
  it.each([
    [40, '40'],
    [1.256, '1.26'],
    [12.34, '12.3'],
    [0.0042, '0.0042'],
    [0.0000017, '0.0000017'],
    [-0.00000017, '-1.7e-7'],
    [NaN, '–'],
  ])('%d is written %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });
});

describe('a table', () => {
  it('has text to the left and numbers to the right', () => {
    const table = {
      title: 'Times',
      columns: ['arm', 'median'],
      rows: [
        ['streaming', 7.5],
        ['session', 120],
      ],
    };
    expect(formatTable(table).split('\n')).toEqual(['Times', 'arm        median', 'streaming    7.50', 'session       120']);
  });

  it('may be empty', () => {
    expect(formatTable({ title: 'Times', columns: ['arm'], rows: [] })).toBe('Times\narm');
  });
});
