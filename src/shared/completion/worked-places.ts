import type { Passage } from '../protocol/completion.ts';
import { linesAround } from './lines-around.ts';
import { PassageRing } from './passage-ring.ts';
import type { ReadableDocument } from './place-reader.ts';

/** Nobody waits for passages; what happens within this time is told at once, in milliseconds. */
export const CALM_MS = 1_500;

/** Lines around a place that make a passage, and the most characters of them. */
const LINES_ABOVE = 10;
const LINES_BELOW = 20;
const MOST_CHARS = 2_000;

/** What was noted within so many lines of the cursor the model sees anyway. */
const SEEN_LINES = 60;

/** An edit so many lines from the one before is at another place. */
const FAR = 40;

export interface WorkedDocument extends ReadableDocument {
  readonly uri: { toString(): string };
}

/** A line of a document. */
export interface WorkedPlace<D extends WorkedDocument> {
  readonly document: D;
  readonly line: number;
}

/** Where somebody has worked lately, as passages for the model. */
export class WorkedPlaces<D extends WorkedDocument> {
  readonly #ring = new PassageRing();
  #edited: WorkedPlace<D> | undefined;

  /** @returns where the edit before was, if this one is at another place: it is left by now, and may be noted. */
  edit(place: WorkedPlace<D>): WorkedPlace<D> | undefined {
    const before = this.#edited;
    this.#edited = place;
    const isFar = before && (before.document !== place.document || Math.abs(before.line - place.line) > FAR);
    return isFar ? before : undefined;
  }

  /** @returns whether there is anything new in it. */
  note({ document, line }: WorkedPlace<D>, path: string): boolean {
    const text = linesAround(document, line, LINES_ABOVE, LINES_BELOW, MOST_CHARS);
    return this.#ring.add({ path, text, uri: document.uri.toString(), line });
  }

  /** What is of use at a place, oldest first. */
  passagesFor({ document, line }: WorkedPlace<D>): readonly Passage[] {
    return this.#ring.awayFrom(document.uri.toString(), line, SEEN_LINES);
  }

  /** Forgets all of them. */
  clear(): void {
    this.#ring.clear();
  }
}
