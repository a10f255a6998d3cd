import type { Token } from 'node-llama-cpp';
import type { TurnParts } from '../../shared/cache-layout.ts';
import { attached } from '../recall/told.ts';
import type { ChatFormat } from './chat-format.ts';
import { openedThoughts } from './thoughts.ts';

/** The part of the model that turns text into tokens. */
export interface ChatTokenizer {
  tokenize(text: string, specialTokens: boolean, options: 'trimLeadingSpace'): Token[];
  detokenize(tokens: readonly Token[]): string;
  readonly bos: { readonly token: Token; readonly text: string } | undefined;
}

/** Where a message stands: some templates open the one after the system prompt differently. */
export type Position = 'afterSystemPrompt' | 'afterTurn';

/** A message ready to be appended, or a whole turn; and how many of its tokens, from the start, are which part of it. */
export interface MessageTokens extends TurnParts {
  readonly tokens: readonly Token[];
}

/** The beginning of a message, in the pieces that are evaluated ahead. */
export interface DraftTokens {
  readonly header: readonly Token[];
  /** What is attached, each with what separates it from what follows. */
  readonly attached: readonly (readonly Token[])[];
}

interface Spoken {
  readonly text: string;
  readonly attachments: readonly string[];
}

/**
 * Tokens of the pieces of a conversation. The template's own text may contain control tokens; what people and files
 * say is always plain text, so `<|im_end|>` in a source file is a handful of harmless tokens.
 */
export class ChatTokens {
  readonly #tokenizer: ChatTokenizer;
  readonly #format: ChatFormat;
  /** What closes an answer. */
  readonly close: readonly Token[];
  /** The mark that the text before an answer opens thoughts with, if it does, … */
  readonly opensThoughts: string | undefined;
  /** … and the tokens at the end of that text which an answer without thoughts would not have before it. */
  readonly thoughtsHeader: number;

  constructor(tokenizer: ChatTokenizer, format: ChatFormat) {
    this.#tokenizer = tokenizer;
    this.#format = format;
    this.close = this.#control(format.close);
    this.opensThoughts = openedThoughts(format.beforeAnswer);
    this.thoughtsHeader = this.opensThoughts === undefined ? 0 : this.#tokensBehindPastHeader();
  }

  /** Tokens of a text by itself. */
  count(text: string): number {
    return this.#text(text).length;
  }

  /** UTF-16 units of a text that its first tokens stand for. */
  lengthOf(text: string, tokens: number): number {
    return Math.min(text.length, this.#tokenizer.detokenize(this.#text(text).slice(0, tokens)).length);
  }

  /** The sinks: everything before the first message. */
  head(systemPrompt: string): readonly Token[] {
    const { beforeSystem, afterSystem, bareHead } = this.#format;
    const system = systemPrompt.trim();
    if (!system) return this.#withBos(bareHead, this.#control(bareHead));
    return this.#withBos(beforeSystem, [...this.#control(beforeSystem), ...this.#text(system), ...this.#control(afterSystem)]);
  }

  /**
   * A message with the role headers around it, up to where the answer begins.
   *
   * @param attachments what stands before it; each becomes tokens by itself, so that it need not wait for the message.
   */
  message(text: string, position: Position, attachments: readonly string[] = []): MessageTokens {
    return this.#turn({ text, attachments }, position, this.#control(this.#format.beforeAnswer), []);
  }

  /** A turn that is over, for filling a cache again. */
  pastTurn(message: string, answer: string, position: Position, attachments: readonly string[] = []): MessageTokens {
    const said = [...this.#text(answer), ...this.close];
    return this.#turn({ text: message, attachments }, position, this.#control(this.#format.beforePastAnswer), said);
  }

  /** The beginning of a message: its role header, and what is attached to it. */
  draft(attachments: readonly string[], position: Position): DraftTokens {
    const { firstOpening, opening, trims } = this.#format;
    return {
      header: this.#control(position === 'afterSystemPrompt' ? firstOpening : opening),
      attached: attachments.map((text, at) => this.#text(attached(trims && at === 0 ? text.trimStart() : text))),
    };
  }

  #turn({ text, attachments }: Spoken, position: Position, answerHeader: readonly Token[], answer: readonly Token[]): MessageTokens {
    const draft = this.draft(attachments, position);
    const message = [...draft.attached.flat(), ...this.#text(this.#trimmed(text, attachments.length > 0))];
    return {
      tokens: [...draft.header, ...message, ...answerHeader, ...answer],
      header: draft.header.length,
      message: message.length,
      answerHeader: answerHeader.length,
    };
  }

  /** What the template strips from around a message it strips from around all that is told with it. */
  #trimmed(text: string, isAttachedTo: boolean): string {
    if (!this.#format.trims) return text;
    return isAttachedTo ? text.trimEnd() : text.trim();
  }

  #tokensBehindPastHeader(): number {
    const past = this.#control(this.#format.beforePastAnswer);
    const header = this.#control(this.#format.beforeAnswer);
    const differing = header.findIndex((token, at) => token !== past[at]);
    return differing < 0 ? 0 : header.length - differing;
  }

  #withBos(head: string, tokens: readonly Token[]): readonly Token[] {
    const { bos } = this.#tokenizer;
    return bos && !head.startsWith(bos.text) ? [bos.token, ...tokens] : tokens;
  }

  #control(text: string): Token[] {
    return text ? this.#tokenizer.tokenize(text, true, 'trimLeadingSpace') : [];
  }

  #text(text: string): Token[] {
    return text ? this.#tokenizer.tokenize(text, false, 'trimLeadingSpace') : [];
  }
}
