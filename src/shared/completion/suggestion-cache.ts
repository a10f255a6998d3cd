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

/**
 * The suggestions of late, so that nothing is asked for again while somebody types what was suggested, or takes back what
 * was typed.
 */
export class SuggestionCache {
  /** The one used last comes first. */
  #entries: readonly Entry[] = [];

  set({ path, before, after }: CachedPlace, { text }: Suggestion): void {
    this.#use({ place: { path, before, after }, text });
  }

  /** What is left of a suggestion whose beginning was typed since; of several, of the one used last. */
  get(place: CachedPlace): Suggestion | undefined {
    for (const entry of this.#entries) {
      const typed = typedSince(place, entry);
      if (typed === undefined) continue;
      this.#use(entry);
      return { text: entry.text.slice(typed) };
    }
    return undefined;
  }

  #use(entry: Entry): void {
    const others = this.#entries.filter((other) => other !== entry && !isSame(other.place, entry.place));
    this.#entries = [entry, ...others].slice(0, MOST);
  }
}

function isSame(one: CachedPlace, other: CachedPlace): boolean {
  return one.before.length === other.before.length && one.path === other.path && one.before === other.before && one.after === other.after;
}

/** How many characters of the suggestion have been typed, if nothing else has and there are more. Lengths are compared first: it is asked at every key. */
function typedSince({ path, before, after }: CachedPlace, { place, text }: Entry): number | undefined {
  const typed = before.length - place.before.length;
  if (typed < 0 || (typed > 0 && typed >= text.length) || path !== place.path || after !== place.after) return undefined;
  return before.startsWith(place.before) && text.startsWith(before.slice(place.before.length)) ? typed : undefined;
}
