import type { Token } from 'node-llama-cpp';
import type { KvCache } from '../../engine/cache/kv-cache.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { answersRegister, isAnswered, registerLine, registerQuery } from './register-lines.ts';
import { TextStream } from './text-stream.ts';
import { UsageError } from '../options.ts';
import { textTokens } from './text-tokens.ts';

/** Longest answer, in tokens: five digits, the brackets, and a little more. */
const LONGEST_ANSWER = 12;

export interface Answer {
  readonly text: string;
  readonly right: boolean;
  /** What was left of the line in question when the query had been read. */
  readonly place: 'in-cache' | 'partly' | 'gone';
  /** Tokens from the line's beginning to the query's end. */
  readonly distanceTokens: number;
}

/** Where something stands in the whole text, in tokens. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/** The growing text of StreamEval in a cache. */
export class RegisterStream {
  readonly #model: LoadedModel['model'];
  readonly #stream: TextStream;
  readonly #places = new Map<number, Place>();
  /** Tokens that belong to the text and are not in the cache yet. */
  #pending: readonly Token[] = [];

  private constructor(model: LoadedModel['model'], stream: TextStream) {
    this.#model = model;
    this.#stream = stream;
  }

  /** Begins with line 1, whose first tokens, the BOS among them, are the sinks. */
  static async begin(loaded: LoadedModel, cache: KvCache, sinks: number): Promise<RegisterStream> {
    const tokens = textTokens(loaded, registerLine(1));
    if (sinks > tokens.length) throw new UsageError(`--sinks must be at most ${tokens.length}, the tokens of the first line.`);
    const stream = await TextStream.begin(cache, tokens.slice(0, sinks));
    await stream.append(tokens.slice(sinks));
    const registers = new RegisterStream(loaded.model, stream);
    registers.#places.set(1, { start: 0, end: tokens.length });
    return registers;
  }

  /** Tokens the cache may hold. */
  get window(): number {
    return this.#stream.cache.layout.window;
  }

  async append(line: number): Promise<void> {
    const tokens = this.#tokens(registerLine(line));
    const start = this.#stream.cache.appendedTokens + this.#pending.length;
    this.#places.set(line, { start, end: start + tokens.length });
    await this.#stream.append([...this.#pending, ...tokens]);
    this.#pending = [];
  }

  /**
   * Asks about a line and lets the model answer with what it holds likeliest.
   *
   * @param reminder text that stands before the question.
   */
  async ask(line: number, reminder = ''): Promise<Answer> {
    const { cache } = this.#stream;
    const query = [...this.#pending, ...this.#tokens(reminder + registerQuery(line))];
    await this.#stream.append(query.slice(0, -1));
    const said: Token[] = [];
    let seen: Pick<Answer, 'place' | 'distanceTokens'> | undefined;
    for await (const token of cache.generate(query.slice(-1), { temperature: 0 })) {
      seen ??= this.#sight(line);
      said.push(token);
      if (said.length === LONGEST_ANSWER || this.#model.isEogToken(token) || isAnswered(this.#text(said))) break;
    }
    const text = this.#text(said);
    const lineBreak = text.endsWith('\n') ? [] : this.#tokens('\n');
    this.#pending = [...said.slice(-1), ...lineBreak];
    return { text, right: answersRegister(text, line), ...(seen ?? this.#sight(line)) };
  }

  /** Whether something of a line is in the cache. */
  holds(line: number): boolean {
    return this.#sight(line).place !== 'gone';
  }

  #sight(line: number): Pick<Answer, 'place' | 'distanceTokens'> {
    const { appendedTokens, layout } = this.#stream.cache;
    const { start = 0, end = 0 } = this.#places.get(line) ?? {};
    const oldest = appendedTokens - (layout.segments.at(-1)?.tokens ?? 0);
    const place = start >= oldest ? 'in-cache' : end <= oldest ? 'gone' : 'partly';
    return { place, distanceTokens: appendedTokens - start };
  }

  #tokens(text: string): readonly Token[] {
    return this.#model.tokenize(text, false, 'trimLeadingSpace');
  }

  #text(tokens: readonly Token[]): string {
    return this.#model.detokenize(tokens);
  }
}
