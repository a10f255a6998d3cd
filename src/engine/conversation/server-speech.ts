import { EndlessError } from '../../shared/errors.ts';
import type { FinishReason } from '../../shared/protocol/turn.ts';
import type { ChatBody } from '../model/remote/chat-body.ts';
import { streamChat, type ChatEnd, type StreamedCall, type Usage } from '../model/remote/chat-stream.ts';
import type { ServerClient } from '../model/remote/server-client.ts';
import { RepetitionGuard } from './repetition-guard.ts';
import { ThoughtSplitter } from './thoughts.ts';

export interface ServerSpeechOptions {
  readonly signal: AbortSignal;
  readonly onThought: (text: string) => void;
  /** A piece has come, of the answer or of the thoughts: mostly a token. */
  readonly onPiece?: () => void;
  /** How far the prompt is read, from servers that say so. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** How what a model on a server says has ended. */
export interface ServerSpeechEnd {
  readonly finish: FinishReason;
  readonly calls: readonly StreamedCall[];
  /** Undefined where it was not heard to its end, or the server does not count. */
  readonly usage: Usage | undefined;
  readonly pieces: number;
}

export type ServerSpeech = AsyncGenerator<string, ServerSpeechEnd, undefined>;

/** How an answer ends that is not heard to its end; nobody reads it. */
const GIVEN_UP: ChatEnd = { reason: 'end', calls: [], usage: undefined };

/**
 * What a model on a server says, without what it thinks before that, until it ends or has to. Who stops it after its first word is
 * given what was said by then.
 *
 * @throws EndlessError what is wrong with the server; or the signal's reason when it was stopped before the first word.
 */
export async function* serverSpeech(client: ServerClient, body: ChatBody, options: ServerSpeechOptions): ServerSpeech {
  const { signal, onThought, onPiece, onProgress } = options;
  const guard = new PieceGuard();
  const splitter = new ThoughtSplitter();
  let pieces = 0;
  const stream = streamChat(client, body, signal, onProgress);
  const rest = function* (): Generator<string, void, undefined> {
    const { thought, answer } = splitter.end();
    if (thought) onThought(thought);
    if (answer) yield answer;
  };
  try {
    for (;;) {
      const piece = await stream.next();
      if (piece.done) {
        yield* rest();
        const { reason: finish, calls, usage } = piece.value;
        return { finish, calls, usage, pieces };
      }
      pieces += 1;
      onPiece?.();
      const { thought, answer } = splitter.push(piece.value.answer);
      if (piece.value.thought || thought) onThought(piece.value.thought + thought);
      if (answer) yield answer;
      if (!guard.push(piece.value.thought + piece.value.answer)) continue;
      yield* rest();
      return { finish: 'repetition', calls: [], usage: undefined, pieces };
    }
  } catch (error) {
    if (!signal.aborted || error instanceof EndlessError || pieces === 0) throw error;
    yield* rest();
    return { finish: 'stopped', calls: [], usage: undefined, pieces };
  } finally {
    await stream.return(GIVEN_UP);
  }
}

/** Notices a loop in pieces of text as `RepetitionGuard` does in tokens. */
class PieceGuard {
  readonly #guard = new RepetitionGuard();
  readonly #numbers = new Map<string, number>();

  push(piece: string): boolean {
    const number = this.#numbers.get(piece) ?? this.#numbers.size;
    this.#numbers.set(piece, number);
    return this.#guard.push(number);
  }
}
