import uPlot from 'uplot';
import { figures } from '../localization.ts';
import type { Line } from './chart-data.ts';

/** Height of the part that is drawn in, and of the time axis, in pixels. */
const HEIGHT = 78;
const TIME_AXIS_HEIGHT = 18;
/** The same for all charts, so that their times stand one under the other. */
const VALUE_AXIS_WIDTH = 46;
/** Part of the scale that stays free above the highest value. */
const HEADROOM = 0.15;
/** A single moment is shown with so many seconds around it. */
const LEAST_SECONDS = 60;

export interface PlotOptions {
  /** Takes the plot in. Its colour is that of the line; the colour of what is around it, that of the axes. */
  readonly place: HTMLElement;
  /** Where the value axis begins. */
  readonly floor: number;
  readonly showsTime: boolean;
  readonly format: (value: number) => string;
  /** The cursor is at a point, or at none. All plots have it at the same. */
  readonly onCursor: (at: number | undefined) => void;
}

/** Lines over the time of day, in the colours of the theme. */
export class Plot {
  readonly #options: PlotOptions;
  #plot: uPlot | undefined;
  #drawn = '';

  constructor(options: PlotOptions) {
    this.#options = options;
  }

  get place(): HTMLElement {
    return this.#options.place;
  }

  /** @param times milliseconds since the epoch, ascending. */
  show(times: readonly number[], lines: readonly Line[]): void {
    const { place } = this.#options;
    const { color, axis } = this.#colors();
    const form = `${color} ${axis} ${String(lines.length)}`;
    const data = [times.map((at) => at / 1000), ...lines.map((line) => [...line])] as uPlot.AlignedData;
    if (form === this.#drawn) {
      this.#plot?.setData(data);
      return;
    }
    this.dispose();
    this.#drawn = form;
    this.#plot = new uPlot(this.#form(color, axis, lines.length), data, place);
  }

  /** Fits what is drawn to the width that there is. */
  fit(): void {
    const width = this.#options.place.clientWidth;
    if (this.#plot && width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: this.#height });
  }

  dispose(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
    this.#drawn = '';
  }

  get #height(): number {
    return HEIGHT + (this.#options.showsTime ? TIME_AXIS_HEIGHT : 0);
  }

  #colors(): { readonly color: string; readonly axis: string } {
    const { place } = this.#options;
    return { color: getComputedStyle(place).color, axis: getComputedStyle(place.parentElement ?? place).color };
  }

  #form(color: string, axis: string, lines: number): uPlot.Options {
    const { place, floor, showsTime, format, onCursor } = this.#options;
    const font = `10px ${getComputedStyle(place).fontFamily}`;
    const look = { stroke: axis, font, ticks: { show: false }, gap: 4 };
    return {
      width: Math.max(place.clientWidth, 1),
      height: this.#height,
      padding: [6, 4, showsTime ? 0 : 6, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, sync: { key: 'endless' }, points: { size: 7 } },
      scales: {
        x: { range: (_, from, to) => (to - from < LEAST_SECONDS ? [from - LEAST_SECONDS, to + LEAST_SECONDS] : [from, to]) },
        y: { range: (_, __, highest) => [floor, highest > floor ? floor + (highest - floor) * (1 + HEADROOM) : floor + 1] },
      },
      series: [
        {},
        ...Array.from({ length: lines }, (_, at) => ({ stroke: color, width: 1.5, points: { size: 4 }, ...(at > 0 && { dash: [4, 3] }) })),
      ],
      axes: [
        {
          ...look,
          show: showsTime,
          size: TIME_AXIS_HEIGHT,
          space: 56,
          grid: { show: false },
          values: (_, splits) => splits.map((seconds) => figures.clock(seconds * 1000)),
        },
        {
          ...look,
          size: VALUE_AXIS_WIDTH,
          space: 30,
          grid: { stroke: withOpacity(axis, 0.25), width: 1 },
          values: (_, splits) => splits.map(format),
        },
      ],
      hooks: { setCursor: [({ cursor: { idx } }) => onCursor(idx ?? undefined)] },
    };
  }
}

/** @param color as `getComputedStyle` gives it. */
function withOpacity(color: string, opacity: number): string {
  return `rgb(from ${color} r g b / ${String(opacity)})`;
}
