/** Tokens that are kept for the message itself, and the part of the longest one that they are at most. */
const MESSAGE_TOKENS = 256;
const MESSAGE_PART = 0.125;

/** How much something needs; undefined while it is not known. */
export interface Sized {
  readonly key: string;
  readonly tokens: number | undefined;
}

/**
 * What is left for those attachments that need more than that, by their keys. Those before have had their share; what does not
 * fit takes nothing from those behind it.
 *
 * @param longestMessage tokens of the longest message that has room; undefined while nobody knows, and then all fits.
 */
export function missingRoom(attachments: readonly Sized[], longestMessage: number | undefined): ReadonlyMap<string, number> {
  const missing = new Map<string, number>();
  if (longestMessage === undefined) return missing;
  let room = Math.max(0, longestMessage - Math.min(MESSAGE_TOKENS, Math.floor(longestMessage * MESSAGE_PART)));
  for (const { key, tokens = 0 } of attachments) {
    if (tokens > room) missing.set(key, room);
    else room -= tokens;
  }
  return missing;
}
