import type { Token } from 'node-llama-cpp';
import type { SpeechEnd } from './speech.ts';

/** Models that think before they answer put it between these marks. */
const OPENING = /^\s*<(think|thinking|thought)>\s*/;
/** What may become one of them. */
const MAY_OPEN = /^\s*(?:<(?:t(?:h(?:o(?:u(?:g(?:ht?)?)?)?|i(?:n(?:k(?:i(?:ng?)?)?)?)?)?)?)?)?$/;

const MARKS = ['think', 'thinking', 'thought'];

/**
 * Whether a model has marks for what it thinks: its template speaks of one, or it is a single token of its vocabulary. Of any other
 * model an answer that begins with `<think>` is just that, say about the tag.
 *
 * @param isToken whether a text is a single control token.
 */
export function marksThoughts(template: string, isToken: (text: string) => boolean): boolean {
  return MARKS.some((mark) => new RegExp(`</?${mark}>`).test(template) || isToken(`<${mark}>`));
}

/** The mark that the text before an answer opens thoughts with, if it does. */
export function openedThoughts(beforeAnswer: string): string | undefined {
  return /<(think|thinking|thought)>\s*$/.exec(beforeAnswer)?.[1];
}

export interface ThoughtOptions {
  /** All tokens that were said, as far as what is heard goes. */
  readonly said: readonly Token[];
  /** Whether the model has marks for what it thinks. */
  readonly marked: boolean;
  /** The mark of thoughts that were begun before the model said anything. */
  readonly opened: string | undefined;
  /** Hears what is thought. */
  readonly onThought: (text: string) => void;
  /** Hears when the answer begins, or all has ended: so many tokens were said before it, thoughts and marks. */
  readonly onThoughtsEnd: (tokens: number) => void;
}

/** What the model says, without what it thinks before that. */
export async function* withoutThoughts(
  pieces: AsyncGenerator<string, SpeechEnd, undefined>,
  { said, marked, opened, onThought, onThoughtsEnd }: ThoughtOptions,
): AsyncGenerator<string, SpeechEnd, undefined> {
  if (!marked) return yield* pieces;
  const splitter = new ThoughtSplitter(opened);
  let before = 0;
  for (;;) {
    const piece = await pieces.next();
    if (piece.done) {
      const rest = splitter.end();
      if (rest.thought) onThought(rest.thought);
      if (splitter.isThinking) onThoughtsEnd(said.length);
      if (rest.answer) yield rest.answer;
      return piece.value;
    }
    const { thought, answer, beginsAnswer } = splitter.push(piece.value);
    if (thought) onThought(thought);
    // A token that ends the thoughts and begins the answer is the answer's.
    if (beginsAnswer) onThoughtsEnd(before);
    if (answer) yield answer;
    before = said.length;
  }
}

interface Split {
  readonly thought: string;
  readonly answer: string;
}

interface SplitPiece extends Split {
  /** Whether the thoughts before it are over, and the answer begins. */
  readonly beginsAnswer: boolean;
}

/** Divides a text that comes in pieces into the thoughts at its beginning and the answer behind them. */
export class ThoughtSplitter {
  /** What it is that comes; before an answer there may be white space still. */
  #state: 'open' | 'thoughts' | 'space' | 'answer';
  #mark: string;
  /** What is not certain yet. */
  #held = '';
  #hasThought = false;

  /** @param opened the mark of thoughts that have begun already. */
  constructor(opened?: string) {
    this.#state = opened === undefined ? 'open' : 'thoughts';
    this.#mark = opened ?? '';
  }

  /** Whether there were thoughts, and nothing yet behind them. */
  get isThinking(): boolean {
    return this.#state === 'thoughts' || this.#state === 'space';
  }

  push(text: string): SplitPiece {
    const wasThinking = this.isThinking;
    this.#held += text;
    let thought = '';
    if (this.#state === 'open') this.#open();
    if (this.#state === 'thoughts') thought = this.#think();
    if (this.#state === 'space') this.#skipSpace();
    const isAnswer = this.#state === 'answer';
    return { thought, answer: isAnswer ? this.#release(this.#held.length) : '', beginsAnswer: wasThinking && isAnswer };
  }

  /** What was held, when nothing follows. */
  end(): Split {
    const rest = this.#release(this.#held.length);
    return this.isThinking ? { thought: this.#state === 'thoughts' ? rest : '', answer: '' } : { thought: '', answer: rest };
  }

  #open(): void {
    const opening = OPENING.exec(this.#held);
    if (opening?.[1] !== undefined) {
      this.#mark = opening[1];
      this.#release(opening[0].length);
      this.#state = 'thoughts';
    } else if (!MAY_OPEN.test(this.#held)) this.#state = 'answer';
  }

  #think(): string {
    const closing = `</${this.#mark}>`;
    if (!this.#hasThought) this.#held = this.#held.trimStart();
    this.#hasThought ||= this.#held !== '';
    const at = this.#held.indexOf(closing);
    if (at < 0) return this.#release(this.#held.length - endThatBegins(closing, this.#held));
    const thought = this.#release(at);
    this.#release(closing.length);
    this.#state = 'space';
    return thought;
  }

  #skipSpace(): void {
    this.#held = this.#held.trimStart();
    if (this.#held) this.#state = 'answer';
  }

  #release(length: number): string {
    const text = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return text;
  }
}

/** How many characters at the end of a text may be the beginning of a mark. */
function endThatBegins(mark: string, text: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length--) if (mark.startsWith(text.slice(-length))) return length;
  return 0;
}
