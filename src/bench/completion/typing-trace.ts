import type { CompletionPlace } from '../../shared/protocol.ts';

/** Characters of the file that is typed into: all of it is near enough to be shown. */
export const TYPED_CHARS = 12_000;

/** A key, and what stands around the cursor when it has been pressed. */
export interface Stroke {
  /** `jump`: the cursor is at another place than before, and this is the first key there. */
  readonly kind: 'jump' | 'key' | 'backspace';
  readonly before: string;
  readonly after: string;
  /** Characters that the key has added. */
  readonly typed: number;
  /** Whether the hands rest before it: long enough for what is done when nobody types. */
  readonly pause: boolean;
}

/** Lines from the beginning of one passage that is typed to that of the next, and lines of a passage. */
const SPACING = 24;
const PASSAGE = 3;
/** So many characters from one slip to the next. */
const SLIP_EVERY = 17;

/**
 * The keys of somebody who writes passages into a source file, one here and one there: character by character, a slip now
 * and then that is taken back, a new line with its indentation as editors type it, a rest at the end of each line. The
 * text is the file's own, so the same file gives the same keys.
 */
export function* typingTrace(text: string): Generator<Stroke, void, undefined> {
  const lines = text.split('\n');
  for (let first = SPACING / 2; first + PASSAGE < lines.length; first += SPACING) {
    const start = lines.slice(0, first).join('\n') + '\n';
    const after = '\n' + lines.slice(first + PASSAGE).join('\n');
    yield* passage(start, lines.slice(first, first + PASSAGE).join('\n'), after);
  }
}

function* passage(start: string, text: string, after: string): Generator<Stroke, void, undefined> {
  const keys = text.match(/\n[ \t]*|[^\n]/g) ?? [];
  let [written, isFirst, rested] = ['', true, true];
  for (const [at, key] of keys.entries()) {
    const stroke = (kind: Stroke['kind'], end: string, typed: number): Stroke => ({
      kind: isFirst ? 'jump' : kind,
      before: start + end,
      after,
      typed,
      pause: rested,
    });
    if (at % SLIP_EVERY === SLIP_EVERY - 1) {
      yield stroke('key', `${written}q`, 1);
      [isFirst, rested] = [false, false];
      yield stroke('backspace', written, 0);
    }
    written += key;
    yield stroke('key', written, key.length);
    isFirst = false;
    rested = key.startsWith('\n');
  }
}

/** Where a key has left the cursor. */
export function placeOf({ before, after }: Stroke): CompletionPlace {
  return { path: 'src/file.ts', before, after, explicit: false };
}
