import { describe, expect, it } from 'vitest';
import type { Chart } from '../../../src/bench/chart.ts';
import { lineChart } from '../../../src/bench/page/line-chart.ts';
import { reportPage } from '../../../src/bench/page/page.ts';
import { scaleFor } from '../../../src/bench/page/scale.ts';
import { check, type Report } from '../../../src/bench/report.ts';

describe('an axis', () => {
  it('begins at 0 and ends at a round number above the largest value', () => {
    const { ticks, place } = scaleFor([12, 43], 'linear');
    expect(ticks).toEqual([0, 10, 20, 30, 40, 50]);
    expect([0, 25, 50].map(place)).toEqual([0, 0.5, 1]);
  });

  it('has room below 0 when it must', () => {
    expect(scaleFor([-3, 7], 'linear').ticks).toEqual([-4, -2, 0, 2, 4, 6, 8]);
  });

  it('shows equal ratios as equal distances', () => {
    const { ticks, place } = scaleFor([3, 800], 'log');
    expect(ticks).toEqual([2, 5, 10, 20, 50, 100, 200, 500, 1000]);
    expect(place(20) - place(2)).toBeCloseTo(place(200) - place(20));
  });

  it.each(['linear', 'log'] as const)('holds a single value (%s)', (scale) => {
    for (const value of [512, 1]) {
      const at = scaleFor([value], scale).place(value);
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at).toBeLessThanOrEqual(1);
    }
  });

  it('holds values that are all 0', () => {
    expect(scaleFor([0, 0], 'linear').place(0)).toBe(0);
  });
});

const chart: Chart = {
  title: 'Time per token',
  x: { label: 'window', scale: 'log' },
  y: { label: 'ms', scale: 'log' },
  series: [
    {
      name: 'streaming',
      points: [
        { x: 256, y: 10 },
        { x: 512, y: 20, spread: [15, 25] },
      ],
    },
    { name: 'never measured', points: [{ x: 256, y: NaN }] },
  ],
};

describe('a chart', () => {
  it('marks the windows that were measured and says each value', () => {
    const svg = lineChart(chart);
    expect(svg).toContain('>256</text>');
    expect(svg).toContain('>512</text>');
    expect(svg).toContain('<title>streaming: 20 at 512</title>');
    expect(svg.match(/class="whisker/g)).toHaveLength(1);
  });

  it('writes tiny values with a power of ten', () => {
    const tiny: Chart = { ...chart, y: { label: 'nats', scale: 'linear' }, series: [{ name: 'drift', points: [{ x: 1, y: 4e-7 }] }] };
    expect(lineChart(tiny)).toContain('>4e−7</text>');
  });

  it('leaves out what has no value', () => {
    expect(lineChart(chart)).not.toContain('never measured');
    expect(lineChart({ ...chart, series: [] })).toBe('');
  });

  it('has coordinates that are numbers', () => {
    expect(lineChart(chart)).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('a report page', () => {
  const report: Report = {
    bench: 'latency',
    model: null,
    machine: {
      platform: 'linux',
      release: '6',
      arch: 'x64',
      cpu: 'A <fast> one',
      cores: 2,
      memoryBytes: 1,
      node: '24',
      loadBefore: 0.5,
    },
    parameters: { windows: '256,512' },
    results: [{ text: '</script><script>alert(1)</script>' }],
    checks: [check('ratio & growth', 25, '>=', 22), check('flat', 3, '<=', 2.1)],
  };
  const tables = [{ title: 'Times', columns: ['arm', 'ms'], rows: [['a "quoted" <arm>', 1.5]] }];
  const page = reportPage({ report, tables, charts: [chart], date: new Date('2026-01-02T03:04:05Z') });

  it('says what holds and what does not', () => {
    expect(page).toContain('<td class="holds">holds</td><td class="wide">ratio &amp; growth</td><td class="number">25</td>');
    expect(page).toContain('<td class="fails">fails</td>');
  });

  it('shows text as text', () => {
    expect(page).toContain('A &lt;fast&gt; one');
    expect(page).toContain('a &quot;quoted&quot; &lt;arm&gt;');
    expect(page.match(/<script/g)).toHaveLength(1);
  });

  it('holds the whole report', () => {
    const json = /<script type="application\/json" id="report">(.*)<\/script>/.exec(page)?.[1] ?? '';
    expect(JSON.parse(json)).toEqual(report);
  });

  it('loads nothing', () => {
    expect(page).not.toMatch(/\s(src|href)=|url\(|@import/);
  });

  it('has charts and tables', () => {
    expect(page).toContain('<figcaption>Time per token</figcaption>');
    expect(page).toContain('<h2>Times</h2>');
  });
});
