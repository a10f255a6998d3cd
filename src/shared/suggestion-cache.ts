/** What was suggested at a place, or that there is nothing to suggest. */
export interface Suggestion {
  readonly text: string;
}

export interface CachedPlace {
  readonly path: string;
  /** Text before the cursor. */
  readonly before: string;
  /** Text behind the cursor. */
  readonly after: string;
}

interface Entry extends Suggestion {
  readonly place: CachedPlace;
}

/** Most suggestions that are kept. */
const MOST = 128;
/** Characters on either side by which a place is known again. */
const NEAR = 300;

/**
 * The suggestions of late, so that nothing is asked for again while somebody types what was suggested, or takes back what
 * was typed.
 */
export class SuggestionCache {
  readonly #entries = new Map<string, Entry>();

  set(place: CachedPlace, { text }: Suggestion): void {
    const key = keyOf(place);
    this.#entries.delete(key);
    this.#entries.set(key, { place, text });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MOST && oldest !== undefined) this.#entries.delete(oldest);
  }

  /** What is left of a suggestion whose beginning was typed since. */
  get(place: CachedPlace): Suggestion | undefined {
    const longest = Math.max(0, ...[...this.#entries.values()].map(({ text }) => text.length));
    for (let typed = 0; typed <= Math.min(longest, place.before.length); typed++) {
      const start = place.before.length - typed;
      const entry = this.#entries.get(keyOf({ ...place, before: place.before.slice(0, start) }));
      if (entry?.text.startsWith(place.before.slice(start)) && (typed < entry.text.length || typed === 0)) {
        return { text: entry.text.slice(typed) };
      }
    }
    return undefined;
  }

  clear(): void {
    this.#entries.clear();
  }
}

function keyOf({ path, before, after }: CachedPlace): string {
  return JSON.stringify([path, before.slice(-NEAR), after.slice(0, NEAR)]);
}
