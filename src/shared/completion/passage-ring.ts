import type { Passage } from '../protocol/completion.ts';

/** A passage, and where it stood when it was noted. */
export interface NotedPassage extends Passage {
  readonly uri: string;
  readonly line: number;
}

/** Most passages that are kept. */
const MOST = 16;

/** Two passages with so many of their lines in common are the same. */
const ALIKE = 0.5;

/**
 * The passages that somebody has worked with lately: edited, visited, copied, saved. A new one takes the place of those it
 * resembles; then the oldest leave. The rest keep their order, since whatever is moved has to be read again.
 */
export class PassageRing {
  #passages: readonly NotedPassage[] = [];

  /** Oldest first, without those that stand within so many lines of a place: there the model sees the text itself. */
  awayFrom(uri: string, line: number, lines: number): readonly Passage[] {
    return this.#passages
      .filter((passage) => passage.uri !== uri || Math.abs(passage.line - line) > lines)
      .map(({ path, text }) => ({ path, text }));
  }

  /** @returns whether anything has changed. */
  add(passage: NotedPassage): boolean {
    const lines = linesOf(passage);
    if (lines.size === 0 || this.#passages.some(({ uri, text }) => uri === passage.uri && text === passage.text)) return false;
    const others = this.#passages.filter((other) => other.uri !== passage.uri || likeness(lines, linesOf(other)) <= ALIKE);
    this.#passages = [...others, passage].slice(-MOST);
    return true;
  }

  /** Forgets all of them. */
  clear(): void {
    this.#passages = [];
  }
}

function linesOf({ text }: Passage): ReadonlySet<string> {
  return new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );
}

/** Part of the lines of either that both have: their common ones by all of them (Jaccard index). */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const common = [...one].filter((line) => other.has(line)).length;
  return common / (one.size + other.size - common);
}
