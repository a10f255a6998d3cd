import type { Chart } from '../chart.ts';
import { figure, type Check, type Report } from '../report.ts';
import type { Table } from '../table.ts';
import { escapeHtml } from './html.ts';
import { lineChart } from './line-chart.ts';
import { STYLE } from './style.ts';

/** Longer tables are folded away at first. */
const LONG = 24;

/** What a report page shows. */
export interface PageContent {
  readonly report: Report;
  readonly tables: readonly Table[];
  readonly charts: readonly Chart[];
  readonly date: Date;
}

/** A measurement as one HTML file that loads nothing: checks, charts, tables, and the whole report as JSON within. */
export function reportPage({ report, tables, charts, date }: PageContent): string {
  const title = `Endless: ${report.bench}`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>`,
    `<style>${STYLE}</style></head>`,
    '<body>',
    `<h1>${escapeHtml(title)}</h1>`,
    `<p><time datetime="${date.toISOString()}">${date.toISOString().slice(0, 16).replace('T', ' ')} UTC</time></p>`,
    ...(report.checks.length > 0 ? [checksSection(report.checks)] : []),
    ...charts.map(lineChart),
    ...tables.map(tableSection),
    ...(report.model ? [factsSection('Model', report.model)] : []),
    factsSection('Parameters', report.parameters),
    factsSection('Machine', report.machine),
    // `<` could end the element early.
    `<script type="application/json" id="report">${JSON.stringify(report).replaceAll('<', '\\u003c')}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function checksSection(checks: readonly Check[]): string {
  const rows = checks.map(({ name, value, comparison, limit, holds }) => {
    const verdict = holds ? '<td class="holds">holds</td>' : '<td class="fails">fails</td>';
    return `<tr>${verdict}<td class="wide">${escapeHtml(name)}</td>${numberCell(value)}<td>${escapeHtml(comparison)} ${limit}</td></tr>`;
  });
  return `<h2>Checks</h2>\n${table(['', 'what', 'measured', 'bound'], ['', '', 'number', ''], rows)}`;
}

function tableSection({ title, columns, rows }: Table): string {
  const classes = columns.map((_, at) => (typeof rows[0]?.[at] === 'number' ? 'number' : ''));
  const lines = rows.map((row) => `<tr>${row.map((cell) => (typeof cell === 'number' ? numberCell(cell) : textCell(cell))).join('')}</tr>`);
  const whole = table(columns, classes, lines);
  const folded = rows.length > LONG ? `<details><summary>${rows.length} rows</summary>${whole}</details>` : whole;
  return `<h2>${escapeHtml(title)}</h2>\n${folded}`;
}

function factsSection(title: string, facts: object): string {
  const rows = Object.entries(facts).map(
    ([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th>${textCell(factText(value))}</tr>`,
  );
  return `<h2>${title}</h2>\n<div class="scroll"><table>${rows.join('\n')}</table></div>`;
}

function factText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function table(columns: readonly string[], classes: readonly string[], rows: readonly string[]): string {
  const heads = columns.map((name, at) => `<th scope="col" class="${classes[at] ?? ''}">${escapeHtml(name)}</th>`);
  return `<div class="scroll"><table><thead><tr>${heads.join('')}</tr></thead>\n<tbody>${rows.join('\n')}</tbody></table></div>`;
}

function numberCell(value: number): string {
  return `<td class="number">${figure(value)}</td>`;
}

function textCell(text: string): string {
  return `<td>${escapeHtml(text)}</td>`;
}
