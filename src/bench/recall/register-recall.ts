import type { Transcript } from '../../engine/memory/transcript.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { recallBlock } from '../../engine/recall/recall-block.ts';
import { recalledFor } from '../../engine/recall/recall.ts';
import type { CacheLayout } from '../../shared/cache-layout.ts';
import { openArmCache, policyNamed } from '../scoring/arm-cache.ts';
import { LINES_PER_QUERY, registerLine, registerQuery } from '../scoring/register-lines.ts';
import { RegisterStream } from '../scoring/register-stream.ts';
import { mean } from '../statistics.ts';
import { withTranscript, write } from './bench-transcript.ts';

export interface RecallCase {
  readonly window: number;
  /** How far back the line in question is, in windows. */
  readonly windowsBack: number;
  /** Part of the window that recall may take; 0 for none. */
  readonly share: number;
}

export interface RecallResult extends RecallCase {
  readonly samples: number;
  /** Queries for which the line in question was recalled, and those that were answered rightly. */
  readonly found: number;
  readonly right: number;
  readonly budget: number;
  /** Tokens that were added to a query: in the mean, and at most. */
  readonly addedTokens: number;
  readonly mostAddedTokens: number;
  /** What finding took, in milliseconds. */
  readonly searchMs: number;
}

const FIRST_SINKS = 4;

interface Query {
  readonly isFound: boolean;
  readonly isRight: boolean;
  readonly addedTokens: number;
  readonly searchMs: number;
}

/**
 * StreamEval with recall: ten lines are a turn, and so is a query with what the model has answered. What is recalled for
 * a query stands before it, since the model is to go on with its end.
 */
export async function runRecall(loaded: LoadedModel, about: RecallCase, samples: number): Promise<RecallResult> {
  const arm = await openArmCache(loaded, policyNamed('streaming', Math.ceil(about.window / 8)), about.window);
  const distance = Math.ceil((about.windowsBack * about.window) / loaded.chat.count(registerLine(1000)));
  const budget = Math.floor(about.share * about.window);
  try {
    return await withTranscript(async (transcript) => {
      const stream = await RegisterStream.begin(loaded, arm.cache, FIRST_SINKS);
      const conversation = new RegisterConversation(transcript, stream, loaded, budget);
      const queries: Query[] = [];
      for (let line = LINES_PER_QUERY; queries.length < samples; line += LINES_PER_QUERY) {
        await conversation.tell(Math.max(2, line - LINES_PER_QUERY + 1), line);
        if (line > distance) queries.push(await conversation.ask(line - distance));
      }
      return { ...about, samples, budget, ...summaryOf(queries) };
    });
  } finally {
    await arm.dispose();
  }
}

function summaryOf(queries: readonly Query[]): Omit<RecallResult, keyof RecallCase | 'samples' | 'budget'> {
  const added = queries.map(({ addedTokens }) => addedTokens);
  return {
    found: queries.filter(({ isFound }) => isFound).length,
    right: queries.filter(({ isRight }) => isRight).length,
    addedTokens: mean(added),
    mostAddedTokens: Math.max(...added),
    searchMs: mean(queries.map(({ searchMs }) => searchMs)),
  };
}

/** The stream as turns of a transcript. */
class RegisterConversation {
  readonly #transcript: Transcript;
  readonly #stream: RegisterStream;
  readonly #loaded: LoadedModel;
  readonly #budget: number;
  /** Turns whose text may be in the cache still, with their newest line. */
  #held: readonly { readonly turnId: number; readonly line: number }[] = [];

  constructor(transcript: Transcript, stream: RegisterStream, loaded: LoadedModel, budget: number) {
    this.#transcript = transcript;
    this.#stream = stream;
    this.#loaded = loaded;
    this.#budget = budget;
  }

  async tell(first: number, last: number): Promise<void> {
    const lines = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    for (const line of lines) await this.#stream.append(line);
    this.#note(write(this.#transcript, lines.map(registerLine).join(''), ''), last);
  }

  async ask(line: number): Promise<Query> {
    const message = registerQuery(line);
    const began = performance.now();
    const passages = recalledFor(this.#transcript, {
      turn: { id: Infinity, section: 0, message, answer: '', createdAt: 0, state: 'running' },
      layout: this.#layout,
      budget: this.#budget,
      tokens: this.#loaded.chat,
    });
    const searchMs = performance.now() - began;
    const block = passages.length > 0 ? recallBlock(passages) : '';
    const answer = await this.#stream.ask(line, block && `${block.trimStart()}\n\n`);
    this.#note(write(this.#transcript, message, answer.text), line);
    return {
      isFound: passages.some(({ text }) => `${text}\n`.includes(registerLine(line))),
      isRight: answer.right,
      addedTokens: block === '' ? 0 : this.#loaded.chat.count(block),
      searchMs,
    };
  }

  #note(turnId: number, line: number): void {
    this.#held = [...this.#held, { turnId, line }].filter((turn) => this.#stream.holds(turn.line));
    this.#transcript.moveCacheEdge((this.#held[0]?.turnId ?? turnId + 1) - 1);
  }

  /** Which turns are in the cache; of where they stand recall knows nothing. */
  get #layout(): CacheLayout {
    const part = { tokens: 1, start: 0, header: 0, message: 1, answerHeader: 0, evicted: 0 };
    const segments = this.#held.map(({ turnId }) => ({ id: turnId, kind: 'turn' as const, turnId, ...part }));
    return { window: this.#stream.window, used: segments.length, segments, strategy: 'streaming' };
  }
}
