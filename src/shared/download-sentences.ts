import { secondsLeft, type Download } from './downloads.ts';
import type { Localizer } from './error-sentences.ts';

const BYTES_PER_GB = 1e9;
const BYTES_PER_MB = 1e6;

/** Writes sizes as people read them, in the units that the makers of disks use. */
export function sizeText(bytes: number, language: string): string {
  return bytes < BYTES_PER_GB ? inUnits(bytes / BYTES_PER_MB, 'megabyte', language) : inUnits(bytes / BYTES_PER_GB, 'gigabyte', language);
}

function inUnits(value: number, unit: string, language: string): string {
  const maximumFractionDigits = value < 9.95 ? 1 : 0;
  return new Intl.NumberFormat(known(language), { style: 'unit', unit, maximumFractionDigits }).format(value);
}

/** What a download is doing, in a line: how much of how much is there, how fast it comes in, and how long it will take. */
export function downloadText(l10n: Localizer, download: Download, language: string): string {
  switch (download.state) {
    case 'waiting':
      return l10n.t('Waits for another download');
    case 'connecting':
      return l10n.t('Connecting…');
    case 'retrying':
      return l10n.t('The connection was lost. Trying again…');
    case 'checking':
      return l10n.t('Checking what has come in…');
    case 'done':
      return l10n.t('Done');
    case 'stopped':
    case 'failed':
    case 'interrupted':
      return l10n.t('Stopped: {amount}', { amount: amountText(l10n, download, language) });
    case 'downloading':
      return [amountText(l10n, download, language), speedText(download, language), timeText(l10n, download)].filter(Boolean).join(' · ');
  }
}

function amountText(l10n: Localizer, { bytes, totalBytes }: Download, language: string): string {
  const there = sizeText(bytes, language);
  return totalBytes === undefined ? there : l10n.t('{there} of {total}', { there, total: sizeText(totalBytes, language) });
}

function speedText({ bytesPerSecond }: Download, language: string): string {
  return bytesPerSecond > 0 ? inUnits(bytesPerSecond / BYTES_PER_MB, 'megabyte-per-second', language) : '';
}

function timeText(l10n: Localizer, download: Download): string {
  const seconds = secondsLeft(download);
  if (seconds === undefined) return '';
  if (seconds < 60) return l10n.t('less than a minute left');
  const minutes = Math.round(seconds / 60);
  return minutes < 60
    ? l10n.t('{minutes} min left', { minutes })
    : l10n.t('{hours} h {minutes} min left', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

function known(language: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(language)[0];
  } catch {
    return undefined;
  }
}
