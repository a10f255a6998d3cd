import type { GenerateResult } from '../../shared/protocol/generate.ts';
import type { RequestStage } from '../../shared/protocol/requests.ts';
import { AnswerWriter } from './answer-writer.ts';
import { ABANDONED, type AnswerEnd } from './dialogue.ts';

/** Hears of a request while it is answered. */
export interface RequestListener {
  readonly onStage: (stage: RequestStage) => void;
  readonly onText: (text: string) => void;
}

/** How a request was answered, wherever that was. */
export type AsideAnswer = Pick<GenerateResult, 'text' | 'finish' | 'stats'>;

/** The answer to a request that was ended before there was a word of it. */
export function stoppedAnswer(): AsideAnswer {
  return { text: '', finish: 'stopped', stats: { promptTokens: 0, reusedTokens: 0, answerTokens: 0, firstTokenMs: 0, totalMs: 0 } };
}

/** Gathers the answer to one request, and tells of it while it grows. */
export class RequestAnswer {
  readonly #listener: RequestListener;
  #began = performance.now();
  #text = '';
  #firstTokenMs = 0;

  constructor(listener: RequestListener) {
    this.#listener = listener;
  }

  /**
   * Takes an answer in, piece by piece.
   *
   * @param begin begins it, and tells how far the prompt is read.
   */
  async from(begin: (onPrefill: (done: number, total: number) => void) => AsyncGenerator<string, AnswerEnd>): Promise<AsideAnswer> {
    const { onStage, onText } = this.#listener;
    this.#began = performance.now();
    const pieces = begin((done, total) => onStage({ kind: 'prefill', done, total }));
    const writer = new AnswerWriter(onText);
    try {
      for (;;) {
        const piece = await pieces.next();
        if (piece.done) return this.#ended(piece.value);
        if (this.#text === '') {
          this.#firstTokenMs = performance.now() - this.#began;
          onStage({ kind: 'generating' });
        }
        this.#text += piece.value;
        writer.push(piece.value);
      }
    } finally {
      await pieces.return(ABANDONED);
      writer.flush();
    }
  }

  #ended({ finish, messageTokens, answerTokens }: AnswerEnd): AsideAnswer {
    const totalMs = performance.now() - this.#began;
    const stats = { promptTokens: messageTokens, reusedTokens: 0, answerTokens, firstTokenMs: this.#firstTokenMs, totalMs };
    return { text: this.#text, finish, stats };
  }
}
