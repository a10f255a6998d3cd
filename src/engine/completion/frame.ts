/** What stands around the cursor, as far as the model is shown it. */
export interface Surroundings {
  /** Path within the workspace; the text of another file is another text. */
  readonly path: string;
  /** Whole lines before the cursor and the beginning of its own. */
  readonly before: string;
  /** The rest of the cursor's line and whole lines behind it. */
  readonly after: string;
}

/**
 * The part of a prompt that stays while somebody types: the text up to a line start, the anchor, and the text behind the
 * cursor. What is typed since stands behind the token for the middle, as the beginning of what the model is to write.
 * So a keystroke only appends, and a backspace only cuts.
 */
export interface Frame {
  readonly path: string;
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

/** Most characters between the anchor and the cursor: a model is used to middles, not to pages. */
const LONGEST_TYPED = 1200;

/** What editors type by themselves behind the cursor. */
const CLOSERS = /^[)\]}>"'`;,]{0,4}/;

/** Keeps the frame if the cursor has only moved on from its anchor, else sets the anchor to the start of the cursor's line. */
export function frameAt(at: Surroundings, former: Frame | undefined): Framed {
  const typed = former && typedIn(at, former);
  return former && typed !== undefined ? { frame: former, typed, kept: true } : anchoredAt(at);
}

/** Sets the anchor to the start of the cursor's line. */
export function anchoredAt({ path, before, after }: Surroundings): Framed {
  const anchor = before.lastIndexOf('\n') + 1;
  return { frame: { path, prefix: before.slice(0, anchor), suffix: after }, typed: before.slice(anchor), kept: false };
}

function typedIn({ path, before, after }: Surroundings, { path: formerPath, prefix, suffix }: Frame): string | undefined {
  const isSame = path === formerPath && before.startsWith(prefix) && before.length - prefix.length <= LONGEST_TYPED;
  return isSame && goesOnAlike(after, suffix) ? before.slice(prefix.length) : undefined;
}

/** Whether two texts behind a cursor differ in nothing but closing brackets at the start, and a little in how far they reach. */
function goesOnAlike(one: string, other: string): boolean {
  const [a, b] = [withoutClosers(one), withoutClosers(other)];
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  return longer.startsWith(shorter) && shorter.length >= longer.length / 2;
}

function withoutClosers(text: string): string {
  return text.replace(CLOSERS, '');
}
