import { linesAround } from '../../shared/completion/lines-around.ts';
import type { ReadableDocument } from '../../shared/completion/place-reader.ts';
import type { Passage } from '../../shared/protocol/completion.ts';

/** The part of a document that is read. */
export interface ComparableDocument extends ReadableDocument {
  /** Grows with each change. */
  readonly version: number;
}

/** A document that passages may be taken from. */
export interface Neighbour<Document extends ComparableDocument = ComparableDocument> {
  /** Within the workspace. */
  readonly path: string;
  readonly document: Document;
}

/** Lines of a passage, and from the beginning of one to that of the next. */
const LINES = 30;
const STEP = 15;
/** Of a longer document only so many lines are looked at. */
const MOST_LINES = 2_000;
/** Most characters of a passage. */
const MOST_CHARS = 2_000;
/** Most passages, each from another document. */
const MOST = 2;
/** Passages with less in common say nothing. */
const LEAST_LIKENESS = 0.1;

const IDENTIFIER = /[A-Za-z_$][\w$]{2,}/g;

interface Stretch {
  readonly first: number;
  readonly identifiers: ReadonlySet<string>;
}

/**
 * Finds the stretches of other documents that resemble what stands around the cursor most: those that use the same
 * identifiers, the rarer the better (Jaccard index, each identifier weighted by its inverse document frequency, Spärck
 * Jones 1972). What has been read of a document is remembered until it changes.
 */
export class SimilarPassages {
  readonly #known = new WeakMap<ComparableDocument, { readonly version: number; readonly stretches: readonly Stretch[] }>();

  /** The best passages, the best one last; at most one of each document. */
  find(around: string, neighbours: readonly Neighbour[]): readonly Passage[] {
    const here = identifiersOf(around);
    const all = neighbours.map((neighbour) => ({ ...neighbour, stretches: this.#stretchesOf(neighbour.document) }));
    const weights = weightsOf(all.flatMap(({ stretches }) => stretches));
    return all
      .flatMap(({ path, document, stretches }) => {
        const rated = stretches.map(({ first, identifiers }) => ({
          path,
          document,
          first,
          likeness: likeness(here, identifiers, weights),
        }));
        return rated.toSorted((one, other) => other.likeness - one.likeness).slice(0, 1);
      })
      .filter((best) => best.likeness >= LEAST_LIKENESS)
      .toSorted((one, other) => one.likeness - other.likeness)
      .slice(-MOST)
      .map(({ path, document, first }) => ({ path, text: textOf(document, first) }));
  }

  #stretchesOf(document: ComparableDocument): readonly Stretch[] {
    const { version } = document;
    const known = this.#known.get(document);
    if (known?.version === version) return known.stretches;
    const stretches = [...stretchesIn(document)];
    this.#known.set(document, { version, stretches });
    return stretches;
  }
}

function* stretchesIn(document: ComparableDocument): Generator<Stretch, void, undefined> {
  const last = Math.min(document.lineCount, MOST_LINES);
  for (let first = 0; first < last; first += STEP) {
    yield { first, identifiers: identifiersOf(textOf(document, first)) };
    if (first + LINES >= last) return;
  }
}

function textOf(document: ComparableDocument, first: number): string {
  return linesAround(document, first, 0, LINES - 1, MOST_CHARS);
}

function identifiersOf(text: string): ReadonlySet<string> {
  return new Set(text.match(IDENTIFIER));
}

type Weights = (identifier: string) => number;

/** What is in every stretch, such as a keyword, counts next to nothing. */
function weightsOf(stretches: readonly Stretch[]): Weights {
  const counts = new Map<string, number>();
  for (const { identifiers } of stretches) {
    for (const identifier of identifiers) counts.set(identifier, (counts.get(identifier) ?? 0) + 1);
  }
  return (identifier) => Math.log((stretches.length + 1) / (counts.get(identifier) ?? 1));
}

/** Weight of what both have by that of what either has. */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>, weights: Weights): number {
  const total = (identifiers: Iterable<string>): number => [...identifiers].reduce((sum, identifier) => sum + weights(identifier), 0);
  const common = total([...other].filter((identifier) => one.has(identifier)));
  return common / (total(one) + total(other) - common);
}
