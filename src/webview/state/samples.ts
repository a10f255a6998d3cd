import type { Sample } from '../../shared/protocol/sample.ts';
import type { HostMessage } from '../../shared/view-messages.ts';

/** From when on something is to be asked for: what is known of today is not asked for again. */
export function askedSince(known: readonly Sample[], now: Date): number {
  return Math.max(startOfDay(now), (known.at(-1)?.at ?? -Infinity) + 1);
}

/** What is known when the host has answered: of today, since nothing else is shown. */
export function withSamples(
  known: readonly Sample[],
  { since, samples }: Extract<HostMessage, { type: 'samples' }>,
  now: Date,
): readonly Sample[] {
  const today = startOfDay(now);
  return [...known.filter(({ at }) => at >= today && at < since), ...samples];
}

/** The user's local midnight, in milliseconds since the epoch. */
function startOfDay(now: Date): number {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
}
