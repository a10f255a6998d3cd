/** How one figure depends on another, for several systems side by side. Drawn by `--report`. */
export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

export interface Axis {
  /** With the unit. */
  readonly label: string;
  /** `log` shows ratios as distances; values that are not positive are then left out. */
  readonly scale: 'linear' | 'log';
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Between these most of the measurements behind `y` lie. */
  readonly spread?: readonly [low: number, high: number];
}
