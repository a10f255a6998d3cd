import * as l10n from '@vscode/l10n';
import { figuresIn } from './format/figures.ts';

/**
 * Reads the bundle that the host has put into the page, before anything is drawn. An empty one leaves the English of
 * the source.
 */
export function loadTranslations(page: Document): void {
  const contents = page.getElementById('l10n')?.textContent.trim();
  if (contents) l10n.config({ contents });
}

/** Numbers in the language of the page. */
export const figures = figuresIn(document.documentElement.lang);

/** A time in milliseconds, as short as it stays meaningful: `420 ms`, `1.2 s`, `75 s`. */
export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? l10n.t('{0} ms', figures.count(milliseconds)) : l10n.t('{0} s', figures.rate(milliseconds / 1000));
}

/** A generation speed. */
export function speed(tokensPerSecond: number): string {
  return l10n.t('{0} tok/s', figures.rate(tokensPerSecond));
}

const BYTES_PER_MEGABYTE = 1e6;
const BYTES_PER_GIGABYTE = 1e9;

/** An amount of memory, in powers of ten: `2.4 MB`, `470 MB`, `1.2 GB`. */
export function bytes(amount: number): string {
  return amount < BYTES_PER_GIGABYTE
    ? l10n.t('{0} MB', figures.rate(amount / BYTES_PER_MEGABYTE))
    : l10n.t('{0} GB', figures.rate(amount / BYTES_PER_GIGABYTE));
}
