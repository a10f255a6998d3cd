import { EndlessError } from '../../shared/errors.ts';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import type { EventParams } from '../../shared/protocol/protocol.ts';
import type { Turn } from '../../shared/protocol/turn.ts';
import type { Transcript } from '../memory/transcript.ts';
import type { TurnChange } from '../memory/turn-row.ts';
import { recalledFor } from '../recall/recall.ts';
import { told } from '../recall/told.ts';
import { AnswerWriter } from './answer-writer.ts';
import type { ConversationCache } from './conversation-cache.ts';
import { ABANDONED, type AnswerEnd } from './dialogue.ts';
import type { Endings } from './endings.ts';
import type { Gauges } from './gauges.ts';
import type { HeldDialogue } from './held-dialogue.ts';
import type { Publisher } from './publisher.ts';
import { Speedometer, type Speed } from './speedometer.ts';
import { Surprise } from './surprise.ts';
import { isModelFailure } from './model-failures.ts';

/** Least part of the window that recall may take when the user asks for it, on or off. */
const SHARE_FOR_ASKING = 1 / 4;

/** Tokens that a message and what is recalled may take more together than each by itself. */
const SEAM = 4;

/** A message on its way to its answer. */
export interface Task {
  readonly turn: Turn;
  readonly settings: EngineSettings;
  readonly stop: AbortController;
  /** Says that nobody is to hear of it any more. */
  readonly forgotten: AbortController;
}

export interface TurnWorkerOptions {
  readonly transcript: Transcript;
  readonly cache: ConversationCache;
  readonly endings: Endings;
  readonly publisher: Publisher;
  readonly gauges: Gauges;
}

/** Has the model answer messages: each is written down, recalled for, answered, and brought to its end in the cache. */
export class TurnWorker {
  readonly #transcript: Transcript;
  readonly #cache: ConversationCache;
  readonly #endings: Endings;
  readonly #publisher: Publisher;
  readonly #gauges: Gauges;
  readonly #speed = new Speedometer();
  #surprise = new Surprise();

  constructor({ transcript, cache, endings, publisher, gauges }: TurnWorkerOptions) {
    this.#transcript = transcript;
    this.#cache = cache;
    this.#endings = endings;
    this.#publisher = publisher;
    this.#gauges = gauges;
  }

  /** How fast the last answer was, or is. */
  get speed(): Speed {
    return this.#speed.reading;
  }

  /** Works on one turn, from the queue to the end of its answer; whatever goes wrong ends in the turn's state. */
  async take(task: Task): Promise<void> {
    const { turn, settings, stop } = task;
    try {
      // Nothing of it has reached the cache, which stays as it is.
      if (stop.signal.aborted) {
        this.#tell(task, this.#transcript.change(turn.id, { state: 'stopped', finish: 'stopped' }));
        return;
      }
      this.#tell(task, this.#transcript.change(turn.id, { state: 'running' }));
      const dialogue = await this.#cache.enter(settings, { before: turn.id, signal: stop.signal, isForTurn: true });
      const end = await this.#answer({ ...task, turn: this.#recall(task, dialogue) }, dialogue);
      this.#finish(task, end);
      await this.#cache.settle(dialogue);
    } catch (error) {
      this.#fail(task, error);
    }
  }

  #tell({ forgotten }: Task, turn: Turn): void {
    if (!forgotten.signal.aborted) this.#publisher.turn(turn);
  }

  /** The turn with what is to be recalled for it. The message comes first: recall takes only what that leaves. */
  #recall(task: Task, dialogue: HeldDialogue): Turn {
    const { turn } = task;
    const { recallShare } = task.settings;
    const { cache } = dialogue;
    const { layout } = cache;
    const share = turn.recall?.asked ? Math.max(recallShare, SHARE_FOR_ASKING) : recallShare;
    const left = cache.longestMessage - dialogue.tokensOf(turn.message, told(turn).attachments) - SEAM;
    const budget = Math.min(Math.floor(share * layout.window), left);
    try {
      const passages = recalledFor(this.#transcript, { turn, layout, budget, tokens: dialogue.chat });
      if (passages.length === 0) return turn;
      const recalling = this.#transcript.change(turn.id, { recall: { asked: turn.recall?.asked ?? false, passages: [...passages] } });
      this.#tell(task, recalling);
      return recalling;
    } catch (error) {
      this.#publisher.log('error', `nothing is recalled for turn ${String(turn.id)}: ${String(error)}`);
      return turn;
    }
  }

  async #answer({ turn, settings, stop, forgotten }: Task, dialogue: HeldDialogue): Promise<AnswerEnd> {
    const { cache } = dialogue;
    const write = (text: Omit<EventParams<'text'>, 'address' | 'turnId'>, writeDown: () => void): void => {
      this.#cache.writeDown(writeDown);
      if (!forgotten.signal.aborted) this.#publisher.text({ turnId: turn.id, ...text });
      this.#speed.measure(cache.appendedTokens);
      this.#publisher.status();
    };
    const thoughts = new AnswerWriter((text, offset) =>
      write({ offset, text, isThought: true }, () => this.#transcript.appendThoughts(turn.id, text)),
    );
    const writer = new AnswerWriter((text, offset) => write({ offset, text }, () => this.#transcript.appendAnswer(turn.id, text)));
    let isFirst = true;
    const hears = (by: AnswerWriter, text: string): void => {
      if (isFirst) this.#speed.firstToken(cache.appendedTokens);
      isFirst = false;
      this.#publisher.become({ kind: 'generating', turnId: turn.id });
      by.push(text);
    };
    const flush = (): void => {
      thoughts.flush();
      writer.flush();
    };
    const onPrefill = (done: number, total: number): void => this.#publisher.become({ kind: 'prefill', turnId: turn.id, done, total });
    const before = cache.appendedTokens;
    const surprise = (this.#surprise = new Surprise());
    const { message, attachments } = told(turn);
    const pieces = dialogue.answer(turn.id, message, {
      sampling: settings,
      signal: stop.signal,
      attachments,
      onPrefill,
      onDrawn: (probability) => surprise.add(probability),
      onThought: (text) => hears(thoughts, text),
      keepsThoughts: settings.keepThoughts,
    });
    this.#speed.begin();
    const say = async (): Promise<AnswerEnd> => {
      for (;;) {
        const piece = await pieces.next();
        if (piece.done) return piece.value;
        thoughts.flush();
        hears(writer, piece.value);
      }
    };
    try {
      return await this.#cache.withText(flush, say);
    } finally {
      await pieces.return(ABANDONED);
      flush();
      this.#transcript.count({ tokens: cache.appendedTokens - before });
    }
  }

  #finish(task: Task, end: AnswerEnd): void {
    const state = end.finish === 'stopped' ? 'stopped' : 'done';
    const stats = { messageTokens: end.messageTokens, answerTokens: end.answerTokens, ...this.speed };
    this.#tell(task, this.#transcript.change(task.turn.id, { state, finish: end.finish, stats }));
    this.#gauges.sample(task.turn.id, { ...this.speed, perplexity: this.#surprise.perplexity });
  }

  #fail(task: Task, error: unknown): void {
    const { turn, stop } = task;
    const stopped = stop.signal.aborted && !(error instanceof EndlessError);
    const report = EndlessError.from(error).toReport();
    // These are thrown before anything is touched; after any other the cache may hold half a turn.
    if (report.code !== 'message-too-long' && !isModelFailure(report.code)) this.#cache.evacuate();
    this.#publisher.log(stopped ? 'info' : 'error', `turn ${String(turn.id)}: ${report.code} ${report.detail ?? ''}`);
    const change: TurnChange = stopped ? { state: 'stopped', finish: 'stopped' } : { state: 'failed', error: report };
    this.#tell(task, this.#endings.end(turn, change));
  }
}
