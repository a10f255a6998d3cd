/** Numbers as people read them. Units are words of a language and are added by the caller. */
export interface Figures {
  /** All digits, grouped: `214,380`. */
  count(value: number): string;
  /** At most four characters or so: `9,120`, `206k`, `1.2M`. */
  short(value: number): string;
  /** Sizes of windows, in powers of two: 8192 is `8k`. */
  binary(tokens: number): string;
  /** A speed or a number of seconds: one decimal below ten. */
  rate(value: number): string;
  /** A number of which small differences matter: `1.62`. */
  hundredths(value: number): string;
  /** A fraction of one: `43%`. */
  percent(fraction: number): string;
  /** A date with its time of day, from milliseconds since the epoch: `Nov 21, 2026, 12:24 PM`. */
  moment(at: number): string;
  /** A time of day, from milliseconds since the epoch: `12:24 PM`. */
  clock(at: number): string;
}

/** @param locale language tag; one that is unknown falls back to the default of the platform */
export function figuresIn(locale: string): Figures {
  const language = supported(locale);
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const tenths = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const hundredths = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
  const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  const clock = new Intl.DateTimeFormat(language, { timeStyle: 'short' });
  const rate = (value: number): string => (value < 9.95 ? tenths : whole).format(value);
  return {
    count: (value) => whole.format(value),
    short: (value) => {
      if (value < 10_000) return whole.format(value);
      return value < 999_500 ? `${whole.format(value / 1000)}k` : `${rate(value / 1_000_000)}M`;
    },
    binary: (tokens) => (tokens < 1024 ? whole.format(tokens) : `${tenths.format(tokens / 1024)}k`),
    rate,
    hundredths: (value) => hundredths.format(value),
    percent: (fraction) => percent.format(fraction),
    moment: (at) => moment.format(at),
    clock: (at) => clock.format(at),
  };
}

function supported(locale: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(locale)[0];
  } catch {
    return undefined;
  }
}
