import type { Place } from './extent.ts';
import { firstLineOf } from './lines.ts';

/** Most characters of text before the anchor, between it and the cursor, and behind the cursor; and of the file's path. */
export interface FrameLimits {
  readonly path: number;
  readonly prefix: number;
  readonly typed: number;
  readonly suffix: number;
}

/**
 * The part of a prompt that stays while somebody types: the text up to a line start, the anchor, and the text behind the
 * cursor. What is typed since stands behind the token for the middle, as the beginning of what the model is to write.
 * So a keystroke only appends, and a backspace only cuts.
 */
export interface Frame {
  readonly path: string;
  /** Text before the prefix, which the model is not shown. */
  readonly hidden: string;
  /** Text up to the anchor. */
  readonly prefix: string;
  /** Text behind the cursor as it was when the anchor was set. */
  readonly suffix: string;
}

export interface Framed {
  readonly frame: Frame;
  /** Text between the anchor and the cursor. */
  readonly typed: string;
  /** Whether the frame is the one that there was. */
  readonly kept: boolean;
}

/** How full a prefix is when it is begun anew: what is typed is to find room, so that its beginning can stay. */
const FULL_AT_FIRST = 3 / 4;

/** What editors type by themselves behind the cursor, and what they move to a line of its own. */
const CLOSERS = /^[)\]}>"'`;,]{0,4}/;
const CLOSERS_BELOW = /^[\s)\]}>"'`;,]{0,32}/;
/** So many characters the cursor may move over in its line, as with End, and the text behind it is still the same. */
const MOST_PASSED = 32;
/** Texts of fewer characters that begin alike may go on otherwise. */
const SHORTEST_ALIKE = 40;

/** Keeps the frame if the cursor has only moved on from its anchor, else sets the anchor to the start of the cursor's line. */
export function frameAt(at: Place, limits: FrameLimits, former?: Frame): Framed {
  const typed = former && typedIn(at, limits, former);
  return former && typed !== undefined ? { frame: former, typed, kept: true } : anchoredAt(at, limits, former);
}

/**
 * Sets the anchor to the start of the cursor's line, or into it if that is very long; the prefix begins where the former one
 * did, if that is near enough.
 */
export function anchoredAt({ path, before, after }: Place, limits: FrameLimits, former?: Frame): Framed {
  const line = before.lastIndexOf('\n') + 1;
  const anchor = before.length - line <= limits.typed ? line : before.length - Math.floor(limits.typed / 2);
  const whole = before.slice(0, anchor);
  const start = former?.path === path ? formerStart(whole, limits, former) : undefined;
  const from = start ?? lineStart(whole, anchor - Math.floor(limits.prefix * FULL_AT_FIRST));
  return {
    frame: { path, hidden: whole.slice(0, from), prefix: whole.slice(from), suffix: after.slice(0, limits.suffix) },
    typed: before.slice(anchor),
    kept: false,
  };
}

function typedIn({ path, before, after }: Place, limits: FrameLimits, frame: Frame): string | undefined {
  const past = frame.hidden + frame.prefix;
  const isSame = path === frame.path && before.startsWith(past) && before.length - past.length <= limits.typed;
  const typed = before.slice(past.length);
  return isSame && goesOnAlike(after, frame.suffix, typed) ? typed : undefined;
}

/** Where the former prefix begins in the text, unless the text is another there, or the prefix would become too long. */
function formerStart(text: string, limits: FrameLimits, { hidden, prefix }: Frame): number | undefined {
  const [firstLine = ''] = prefix.split('\n', 1);
  const length = text.length - hidden.length;
  return length > 0 && length <= limits.prefix && text.startsWith(hidden + firstLine) ? hidden.length : undefined;
}

/** The first line start at or behind a place; the place itself in a line that has no end. */
function lineStart(text: string, at: number): number {
  return at <= 0 ? 0 : text.indexOf('\n', at - 1) + 1 || at;
}

/**
 * Whether the text behind the cursor is for a while as good as what it was: they differ in nothing but closing brackets at
 * the start, or in what the cursor has passed in its line, and a little in how far they reach.
 */
function goesOnAlike(after: string, suffix: string, typed: string): boolean {
  const [line, formerLine] = [firstLineOf(after), firstLineOf(suffix)];
  const passed = formerLine.slice(0, formerLine.length - line.length);
  const hasPassed = formerLine === passed + line && passed.length <= MOST_PASSED && typed.includes(passed);
  if (hasPassed && reachesAlike(after.slice(line.length), suffix.slice(formerLine.length))) return true;
  if (reachesAlike(after.replace(CLOSERS, ''), suffix.replace(CLOSERS, ''))) return true;
  const below = suffix.replace(CLOSERS_BELOW, '');
  return below !== '' && reachesAlike(after.replace(CLOSERS_BELOW, ''), below);
}

/** Whether texts are the same, or one goes on where the other was cut off, which is long enough to tell. */
function reachesAlike(one: string, other: string): boolean {
  const [shorter, longer] = one.length <= other.length ? [one, other] : [other, one];
  return one === other || (longer.startsWith(shorter) && shorter.length >= Math.max(SHORTEST_ALIKE, other.length / 2));
}
