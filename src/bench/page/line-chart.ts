import type { Axis, Chart, Point, Series } from '../chart.ts';
import { figure } from '../report.ts';
import { escapeHtml } from './html.ts';
import { canShow, scaleFor, type Scale } from './scale.ts';

const WIDTH = 720;
const HEIGHT = 360;
const MARGIN = { left: 64, right: 16, top: 12, bottom: 48 } as const;
const PLOT = { width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom } as const;

/** So few places on an axis are marked themselves, such as windows that double. */
const FEW = 8;

/** Series that can be told apart by colour and dashes; later ones begin again with the first. */
const STYLES = 6;

/** The chart with its legend, as a figure of HTML with SVG in it; what is pointed at shows its value. */
export function lineChart({ title, x, y, series }: Chart): string {
  const shown = series
    .map(({ name, points }) => ({ name, points: points.filter((point) => canShow(point.x, x.scale) && canShow(point.y, y.scale)) }))
    .filter(({ points }) => points.length > 0);
  if (shown.length === 0) return '';
  const points = shown.flatMap((one) => one.points);
  const across = scaleOfPlaces(
    points.map((point) => point.x),
    x.scale,
  );
  const upwards = scaleFor(
    points.flatMap((point) => [point.y, ...(point.spread ?? []).filter((value) => canShow(value, y.scale))]),
    y.scale,
  );
  return [
    `<figure>`,
    `<figcaption>${escapeHtml(title)}</figcaption>`,
    `<ul class="legend">${shown.map(({ name }, at) => legendEntry(name, at)).join('')}</ul>`,
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`${title}: ${y.label} by ${x.label}`)}">`,
    ...across.ticks.map((tick) => label(columnOf(across, tick), HEIGHT - MARGIN.bottom + 18, tick, 'middle')),
    ...upwards.ticks.map((tick) => gridLine(rowOf(upwards, tick), tick)),
    `<text class="axis" x="${MARGIN.left + PLOT.width / 2}" y="${HEIGHT - 8}" text-anchor="middle">${axisName(x)}</text>`,
    `<text class="axis" transform="translate(14 ${MARGIN.top + PLOT.height / 2}) rotate(-90)" text-anchor="middle">${axisName(y)}</text>`,
    ...shown.map((one, at) => curve(one, at, across, upwards)),
    `</svg>`,
    `</figure>`,
  ].join('\n');
}

/** An axis on which the few places there are carry the marks. */
function scaleOfPlaces(values: readonly number[], scale: Axis['scale']): Scale {
  const places = [...new Set(values)].toSorted((a, b) => a - b);
  const [first = 0, last = 0] = [places[0], places.at(-1)];
  if (scale === 'linear' || places.length > FEW || first === last) return scaleFor(values, scale);
  return { ticks: places, place: (value) => Math.log(value / first) / Math.log(last / first) };
}

function columnOf(scale: Scale, value: number): number {
  return rounded(MARGIN.left + PLOT.width * scale.place(value));
}

function rowOf(scale: Scale, value: number): number {
  return rounded(MARGIN.top + PLOT.height * (1 - scale.place(value)));
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function axisName({ label: name, scale }: Axis): string {
  return escapeHtml(scale === 'log' ? `${name}, logarithmic` : name);
}

function label(x: number, y: number, tick: number, anchor: 'middle' | 'end'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${tickName(tick)}</text>`;
}

/** Smaller ones are written with a power of ten: their zeros would not fit beside the chart. */
const SMALLEST_WRITTEN_OUT = 0.001;

/** Without the noise of floating-point arithmetic. */
function tickName(tick: number): string {
  if (tick !== 0 && Math.abs(tick) < SMALLEST_WRITTEN_OUT) return Number(tick.toPrecision(6)).toExponential().replace('-', '−');
  return Number(tick.toPrecision(6)).toLocaleString('en-US', { maximumSignificantDigits: 6 });
}

function gridLine(y: number, tick: number): string {
  return `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y}" y2="${y}"/>${label(MARGIN.left - 8, y + 4, tick, 'end')}`;
}

function legendEntry(name: string, at: number): string {
  const sample = `<svg viewBox="0 0 28 8" aria-hidden="true"><line class="series s${at % STYLES}" x1="1" x2="27" y1="4" y2="4"/></svg>`;
  return `<li>${sample}${escapeHtml(name)}</li>`;
}

function curve({ name, points }: Series, at: number, across: Scale, upwards: Scale): string {
  const style = `s${at % STYLES}`;
  const place = (point: Point): string => `${columnOf(across, point.x)},${rowOf(upwards, point.y)}`;
  const whiskers = points.flatMap(({ x, spread }) => (spread ? [whisker(columnOf(across, x), spread, style, upwards)] : []));
  const dots = points.map(
    (point) =>
      `<circle class="${style}" cx="${columnOf(across, point.x)}" cy="${rowOf(upwards, point.y)}" r="3">` +
      `<title>${escapeHtml(`${name}: ${figure(point.y)} at ${tickName(point.x)}`)}</title></circle>`,
  );
  return [`<polyline class="series ${style}" points="${points.map(place).join(' ')}"/>`, ...whiskers, ...dots].join('\n');
}

function whisker(x: number, [low, high]: NonNullable<Point['spread']>, style: string, upwards: Scale): string {
  return `<line class="whisker ${style}" x1="${x}" x2="${x}" y1="${rowOf(upwards, low)}" y2="${rowOf(upwards, high)}"/>`;
}
