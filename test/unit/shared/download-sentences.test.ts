import { describe, expect, it } from 'vitest';
import { downloadText, sizeText } from '../../../src/shared/download-sentences.ts';
import { DOWNLOAD_STATES, type Download } from '../../../src/shared/downloads.ts';
import { plainEnglish } from '../../../src/shared/plain-english.ts';

const DOWNLOAD: Download = {
  uri: 'hf:maker/tiny-GGUF/tiny.gguf',
  name: 'Tiny',
  purpose: 'chat',
  choice: '',
  state: 'downloading',
  path: '/data/tiny.gguf',
  bytes: 1_200_000_000,
  totalBytes: 4_700_000_000,
  bytesPerSecond: 12_000_000,
};
const text = (changes: Partial<Download>): string => downloadText(plainEnglish, { ...DOWNLOAD, ...changes }, 'en');

describe('a download that comes in says', () => {
  it('how much of how much there is, how fast it is, and how long it will take', () => {
    expect(text({})).toBe('1.2 GB of 4.7 GB · 12 MB/s · 5 min left');
  });

  it.each([
    [1_000_000, '1 h 5 min left', 5_100_000_000],
    [4_000_000_000, 'less than a minute left', 4_700_000_000],
  ])('at %d bytes per second: %s', (bytesPerSecond, left, totalBytes) => {
    expect(text({ bytesPerSecond, totalBytes })).toContain(left);
  });

  it('nothing that is not known', () => {
    const { totalBytes: _, ...unknown } = DOWNLOAD;
    expect(downloadText(plainEnglish, { ...unknown, bytesPerSecond: 0 }, 'en')).toBe('1.2 GB');
  });
});

it.each(DOWNLOAD_STATES)('the state %s has words', (state) => {
  expect(text({ state })).toMatch(/^\w.+/);
});

it('sizes are written in the language of the user, also in one that is none', () => {
  expect(sizeText(4_680_000_000, 'de')).toMatch(/^4,7.GB$/);
  expect(sizeText(531_000_000, 'no such language')).toMatch(/^531.MB$/);
});
