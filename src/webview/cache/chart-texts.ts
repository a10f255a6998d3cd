import * as l10n from '@vscode/l10n';
import type { CacheLayout } from '../../shared/cache-layout.ts';
import { bytes, duration, figures, speed } from '../localization.ts';
import { summaryOf, type ChartName, type Line } from './chart-data.ts';

export function chartTitle(chart: ChartName): string {
  switch (chart) {
    case 'generation':
      return l10n.t('Generation speed');
    case 'firstToken':
      return l10n.t('Time to first token');
    case 'memory':
      return l10n.t('Memory');
    case 'perplexity':
      return l10n.t('Perplexity of the answers');
  }
}

/** What the user should see, and what it would mean if it were otherwise. */
export function chartSentence(chart: ChartName, strategy: CacheLayout['strategy']): string {
  if (strategy === 'resend') return servedSentence(chart);
  switch (chart) {
    case 'generation':
      return l10n.t(
        'Level all day: the cache never grows beyond its window, so no token gets dearer than the first ones in a full window.',
      );
    case 'firstToken':
      return strategy === 'streaming'
        ? l10n.t('It follows the length of your messages and nothing else: what was said before is not read again.')
        : l10n.t('It follows the length of your messages, with a peak whenever the cache has to be rebuilt.');
    case 'memory':
      return l10n.t('Level after the first answers: the cache has all its memory from the beginning.');
    case 'perplexity':
      return l10n.t(
        'How surprised the model is by its own words; 1 is certainty. It varies with the questions, and should drift neither up nor down.',
      );
  }
}

/** The same where a server answers. */
function servedSentence(chart: ChartName): string {
  switch (chart) {
    case 'generation':
      return l10n.t('As fast as the server is, which may have others to answer.');
    case 'firstToken':
      return l10n.t(
        'It follows the network, the length of your messages, and what the server evaluates again: there is a peak when turns were left out.',
      );
    case 'memory':
      return l10n.t('Of the engine on this machine; the model takes its memory elsewhere.');
    case 'perplexity':
      return l10n.t('How surprised the model is by its own words; 1 is certainty.');
  }
}

/** Why there is no perplexity. */
export function unmeasuredSentence(strategy: CacheLayout['strategy']): string {
  return strategy === 'resend'
    ? l10n.t('Not measured: the server does not say how likely its words were.')
    : l10n.t('Not measured: with this sampling the likeliest token is always taken, or none is left out.');
}

export function chartValue(chart: ChartName, value: number): string {
  switch (chart) {
    case 'generation':
      return speed(value);
    case 'firstToken':
      return duration(value);
    case 'memory':
      return bytes(value);
    case 'perplexity':
      return figures.hundredths(value);
  }
}

/** The same beside an axis, where there is little room. */
export function chartTick(chart: ChartName, value: number): string {
  switch (chart) {
    case 'generation':
    case 'perplexity':
      return figures.rate(value);
    case 'firstToken':
    case 'memory':
      return chartValue(chart, value);
  }
}

/** The lines in words, for those who do not see them. */
export function chartSummary(chart: ChartName, lines: readonly Line[]): string {
  const tell = (value: number): string => chartValue(chart, value);
  return lines
    .flatMap((line, at) => {
      const summary = summaryOf(line);
      if (!summary) return [];
      const range = { lowest: tell(summary.lowest), median: tell(summary.median), highest: tell(summary.highest) };
      return at === 0
        ? l10n.t('Lowest {lowest}, median {median}, highest {highest}.', range)
        : l10n.t('GPU: lowest {lowest}, median {median}, highest {highest}.', range);
    })
    .join(' ');
}
