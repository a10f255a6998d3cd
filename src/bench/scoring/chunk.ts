import { UsageError } from '../options.ts';

/**
 * Reads how much leaves the cache at once: a number of tokens, or a part of the window such as "1/8".
 *
 * @returns tokens, for a given window.
 * @throws UsageError when it is neither.
 */
export function chunkIn(text: string, window: number): number {
  const [, tokens, part] = /^(\d+)(?:\/(\d+))?$/.exec(text.trim()) ?? [];
  const chunk = part === undefined ? Number(tokens) : Math.ceil((window * Number(tokens)) / Number(part));
  if (!(chunk >= 1 && chunk <= window))
    throw new UsageError(`--chunks takes numbers of tokens or parts of the window ("1/8"), not "${text}".`);
  return chunk;
}
