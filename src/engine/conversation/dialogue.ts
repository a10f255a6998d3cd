import type { Token } from 'node-llama-cpp';
import { turnsIn } from '../../shared/cache-layout.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { FinishReason } from '../../shared/protocol/turn.ts';
import type { DrawOptions, PrefillOptions, Scoring } from '../cache/decoder.ts';
import type { KvCache } from '../cache/kv-cache.ts';
import { mostPinned, pinnedTokens } from '../cache/room.ts';
import type { ChatTokens } from './chat-tokens.ts';
import { NEW_DIALOGUE, NO_THOUGHTS, type DialogueState } from './dialogue-state.ts';
import { Draft } from './draft.ts';
import { Ground, type GroundParts } from './ground.ts';
import { instructionTurn } from './instruction-turn.ts';
import { fittingTurns, type FittingTurn, type PastTurn } from './past-turns.ts';
import { samplerOptions, type Sampling } from './sampling.ts';
import { speech, type SpeechEnd, type TokenFacts } from './speech.ts';
import { withoutThoughts, type ThoughtOptions } from './thoughts.ts';

/** Part of the window that there must be room for as an answer beside the conversation, however short the request is. */
const LEAST_ANSWER = 1 / 16;

const ignore = (): void => undefined;

/** Part of the window that instructions may take. */
const MOST_INSTRUCTIONS = 1 / 4;

export interface AnswerOptions {
  readonly sampling: Sampling;
  readonly signal: AbortSignal;
  /** Texts that the model is shown before the message. */
  readonly attachments?: readonly string[];
  /** Progress of the message through the model, in tokens. */
  readonly onPrefill?: (done: number, total: number) => void;
  /** Hears what the model thinks before it answers. */
  readonly onThought?: (text: string) => void;
  /** Whether thoughts stay in the cache. */
  readonly keepsThoughts?: boolean;
  /** Log-probabilities of the message's tokens but the first, for measuring (see `Scoring`). */
  readonly onScored?: Scoring['onScored'];
  /** How probable each token of the answer was when it was drawn. */
  readonly onDrawn?: DrawOptions['onDrawn'];
}

/** What is known when an answer has ended. */
export interface AnswerEnd {
  readonly finish: FinishReason;
  readonly messageTokens: number;
  readonly answerTokens: number;
}

/** How an answer ends that is given up because of a failure elsewhere; nobody reads it. */
export const ABANDONED: AnswerEnd = { finish: 'stopped', messageTokens: 0, answerTokens: 0 };

/** What a dialogue works with. */
export interface DialogueParts extends GroundParts {
  readonly facts: TokenFacts;
  /**
   * Whether the end of the cache can be cut off without reading all of it again. Where it cannot, nothing is read ahead, and thoughts
   * stay until their turn is evicted.
   */
  readonly cutsBack: boolean;
  /** Whether the model has marks for what it thinks before it answers. */
  readonly marksThoughts: boolean;
}

/**
 * A conversation on the rolling cache. Turns are appended, each rendered and tokenized once; nothing that was said is
 * ever evaluated again.
 */
export class Dialogue {
  readonly #ground: Ground;
  readonly #draft: Draft;
  readonly #facts: TokenFacts;
  readonly #cutsBack: boolean;
  readonly #marksThoughts: boolean;

  private constructor(parts: DialogueParts, state: DialogueState) {
    this.#ground = new Ground(parts, state);
    this.#draft = new Draft(this.#ground);
    this.#facts = parts.facts;
    this.#cutsBack = parts.cutsBack;
    this.#marksThoughts = parts.marksThoughts;
  }

  /**
   * Begins a dialogue in an empty cache: evaluates the system prompt, which becomes the sinks.
   *
   * @throws EndlessError `window-too-small` when the system prompt leaves no room for messages.
   */
  static async begin(parts: DialogueParts, options: PrefillOptions = {}): Promise<Dialogue> {
    const { cache, chat, systemPrompt } = parts;
    const head = chat.head(systemPrompt);
    const { window } = cache.layout;
    if (head.length > window / 2) throw new EndlessError('window-too-small', { tokens: head.length, window });
    cache.open({ kind: 'sink', header: head.length });
    await cache.append(head, options);
    return new Dialogue(parts, NEW_DIALOGUE);
  }

  /** Goes on in a cache that is what it was when the dialogue was in this state. Call `closeInterrupted` before anything else. */
  static resume(parts: DialogueParts, state: DialogueState): Dialogue {
    return new Dialogue(parts, state);
  }

  /** All that has to be known besides the cache for going on later. */
  get state(): DialogueState {
    return this.#ground.state;
  }

  /** Turns of which something is in the cache, oldest first. */
  get turnIds(): readonly number[] {
    return turnsIn(this.cache.layout);
  }

  /** The turn that is being answered, or was when nobody came to its end; 0 for none. */
  get answering(): number {
    return this.state.answering;
  }

  get cache(): KvCache {
    return this.#ground.cache;
  }

  get chat(): ChatTokens {
    return this.#ground.chat;
  }

  /**
   * Comes to the end of an answer that a process did not live to end: what was said of it stays, and if that is nothing, its
   * message goes, too.
   *
   * @param hasAnswer whether anything was shown of the answer to a turn.
   */
  async closeInterrupted(hasAnswer: (turnId: number) => boolean): Promise<void> {
    const { answering } = this;
    if (answering === 0) return;
    const { drawn } = this.cache;
    if (!hasAnswer(answering)) return this.forget([answering]);
    this.#ground.become({ pending: [...(drawn === undefined ? [] : [drawn]), ...this.chat.close], answering: 0 });
    await this.settle();
  }

  /**
   * Pins what the workspace tells the model, as a turn of its own in place of the former one; an empty text pins nothing. It takes
   * a quarter of the window at most, and no more than other pins leave.
   *
   * @returns whether its end had to be left out.
   * @throws the signal's reason between two slices, with nothing pinned.
   */
  async instruct(instructions: string, signal?: AbortSignal): Promise<boolean> {
    if (instructions === this.state.instructions) return false;
    await this.settle();
    await this.dropDraft();
    await this.#uninstruct(this.state.instructed);
    const { segments, window } = this.cache.layout;
    const most = Math.min(window * MOST_INSTRUCTIONS, mostPinned(segments, window) - pinnedTokens(segments));
    const turn = instructionTurn(instructions, this.chat, this.#ground.position, most);
    if (turn) {
      const { own, segment } = await this.#ground.open({ kind: 'pinned' }, turn.rendered);
      this.#ground.become({ instructed: segment });
      await this.cache.append(own, signal && { signal }).catch(async (error: unknown) => {
        await this.#uninstruct(segment);
        throw error;
      });
    }
    this.#ground.become({ instructions });
    return turn?.isCut ?? instructions !== '';
  }

  /**
   * Fills the cache with turns after an engine restart or a change of model: those that are pinned, and the newest that fit into half
   * the window with them. `turnIds` says which did.
   *
   * @throws the signal's reason, with the cache half filled.
   */
  async refill(turns: readonly PastTurn[], onProgress: (done: number, total: number) => void, signal?: AbortSignal): Promise<void> {
    const { segments, window, used } = this.cache.layout;
    const room = { tokens: window / 2 - used, pinned: mostPinned(segments, window) };
    const fitting = fittingTurns(turns, room, ({ message, answer, attachments }) => {
      return this.chat.pastTurn(message, answer, 'afterTurn', attachments).tokens.length;
    });
    await this.#tell(fitting, onProgress, signal);
  }

  /**
   * Brings in turns that were answered elsewhere since the newest one here.
   *
   * @returns how many tokens that took; `undefined`, with nothing done, where they would take more than half the window: then it is as
   *   good to begin with the newest anew, as it is where some of them are pinned.
   */
  async catchUp(
    turns: readonly PastTurn[],
    onProgress: (done: number, total: number) => void,
    signal?: AbortSignal,
  ): Promise<number | undefined> {
    if (turns.length === 0) return 0;
    const all = turns.map((turn) => ({
      turn,
      tokens: this.chat.pastTurn(turn.message, turn.answer, 'afterTurn', turn.attachments).tokens.length,
    }));
    const tokens = all.reduce((sum, each) => sum + each.tokens, 0);
    if (tokens > this.cache.layout.window / 2 || turns.some(({ pinned }) => pinned)) return undefined;
    await this.settle();
    // At once: what is written down of it in between would be half of it.
    await this.cache.makeRoom(tokens);
    await this.#tell(all, onProgress, signal);
    return tokens;
  }

  async #tell(turns: readonly FittingTurn[], onProgress: (done: number, total: number) => void, signal?: AbortSignal): Promise<void> {
    const total = turns.reduce((sum, { tokens }) => sum + tokens, 0);
    let before = 0;
    for (const { turn } of turns) {
      const past = this.chat.pastTurn(turn.message, turn.answer, this.#ground.position, turn.attachments);
      const { own } = await this.#ground.open({ kind: turn.pinned ? 'pinned' : 'turn', turnId: turn.id }, past);
      before += past.tokens.length - own.length;
      const done = before;
      await this.cache.append(own, { ...(signal && { signal }), onProgress: (tokensDone) => onProgress(done + tokensDone, total) });
      before += own.length;
    }
  }

  /**
   * Evaluates what is attached to a message that is being written, all of it, so that the message need not wait for it. What was
   * attached before and is no longer is cut off.
   *
   * @throws the signal's reason between two slices; what was evaluated by then is not evaluated again.
   */
  async stage(attachments: readonly string[], options: PrefillOptions = {}): Promise<void> {
    if (!this.#cutsBack) return;
    await this.settle();
    await this.#draft.stage(attachments, options);
  }

  /** Takes what was evaluated ahead out of the cache. */
  dropDraft(): Promise<void> {
    return this.#draft.drop();
  }

  /**
   * Answers a message, piece by piece. Stopping during the prefill takes the message out of the cache again; stopping
   * later keeps what was said. Call `settle` afterwards in every case.
   *
   * @throws EndlessError `message-too-long`, with nothing evicted and nothing appended.
   */
  async *answer(turnId: number, message: string, options: AnswerOptions): AsyncGenerator<string, AnswerEnd, undefined> {
    const { attachments = [] } = options;
    const rendered = this.chat.message(message, this.#ground.position, attachments);
    const { tokens } = rendered;
    const longest = this.cache.longestMessage;
    if (tokens.length > longest) throw new EndlessError('message-too-long', { tokens: tokens.length, window: longest });
    await this.settle();
    this.#ground.become({ answering: turnId });
    const staged = await this.#draft.assign(turnId, rendered);
    const own = staged ?? (await this.#ground.open({ kind: 'turn', turnId }, rendered)).own;
    try {
      return yield* this.#generate(tokens.length, own, options);
    } catch (error) {
      await this.forget([turnId]);
      if (!options.signal.aborted) throw error;
      return { finish: 'stopped', messageTokens: tokens.length, answerTokens: 0 };
    }
  }

  /** Tokens that a message takes with what surrounds it. */
  tokensOf(message: string, attachments: readonly string[] = []): number {
    return this.chat.message(message, this.#ground.position, attachments).tokens.length;
  }

  /** Whether there is room beside the conversation for a request and for an answer as long. */
  fitsBeside(message: string, maxAnswerTokens: number): boolean {
    const { tokens, most } = this.#beside(message, maxAnswerTokens);
    const leastAnswer = Math.max(tokens.length, Math.ceil(this.cache.layout.window * LEAST_ANSWER));
    return most >= Math.min(maxAnswerTokens || leastAnswer, leastAnswer);
  }

  /**
   * Answers a request beside the conversation, which knows nothing of it afterwards: it is read behind everything else and cut
   * off again. The conversation must be settled, and nothing be drafted.
   *
   * @throws EndlessError `message-too-long` when there is no room for an answer at all.
   */
  async *aside(message: string, options: AnswerOptions): AsyncGenerator<string, AnswerEnd, undefined> {
    const { sampling, signal, onPrefill } = options;
    const { tokens, most } = this.#beside(message, sampling.maxAnswerTokens);
    const said: Token[] = [];
    onPrefill?.(0, tokens.length);
    const prefill = { signal, onProgress: (done: number): void => onPrefill?.(done, tokens.length) };
    const drawn = this.cache.aside(tokens, Math.max(1, most), samplerOptions(sampling, said), prefill);
    try {
      const spoken = speech(drawn, { facts: this.#facts, most, signal, said });
      const { finish } = yield* this.#withoutThoughts(spoken, { said, onThought: ignore, onThoughtsEnd: ignore });
      return { finish, messageTokens: tokens.length, answerTokens: said.length };
    } catch (error) {
      if (!signal.aborted || error instanceof EndlessError) throw error;
      return { finish: 'stopped', messageTokens: tokens.length, answerTokens: 0 };
    }
  }

  /**
   * Brings the turn to its end in the cache: the thoughts before the answer go, the last token, the end of turn and what follows it
   * come, and room for the next message. So a shift of the keys runs while the user reads.
   */
  async settle(): Promise<void> {
    const { pending } = this.state;
    if (pending.length === 0) return;
    await this.#omitThoughts();
    await this.cache.makeRoomAhead(pending.length);
    await this.cache.append(pending);
    this.#ground.become({ pending: [] });
  }

  /**
   * Takes turns out of the cache, newest first: cutting off the end moves no key. What was drafted goes, too.
   *
   * @param replaced the one of them whose place a message takes: what it was told stays as a draft, as far as it can be cut off later.
   */
  async forget(turnIds: readonly number[], replaced = 0): Promise<void> {
    await this.dropDraft();
    const leaving = this.#ground.segments.filter(({ turnId }) => turnId !== undefined && turnIds.includes(turnId));
    // What the newest turn still lacks is its own, not that of those which go.
    if (this.#ground.segments.at(-1)?.id === leaving.at(-1)?.id) this.#ground.become({ pending: [], answering: 0, thoughts: NO_THOUGHTS });
    else {
      await this.settle();
      this.#ground.become({ answering: 0 });
    }
    for (const { id, turnId } of leaving.toReversed()) {
      const stays = this.#cutsBack && turnId === replaced && (await this.#draft.takeBack(id));
      if (!stays) await this.#ground.drop(id);
    }
  }

  async *#generate(messageTokens: number, own: readonly Token[], options: AnswerOptions): AsyncGenerator<string, AnswerEnd, undefined> {
    const { sampling, signal, onPrefill, onScored, onDrawn, onThought = ignore, keepsThoughts = false } = options;
    const omitsThoughts = this.#cutsBack && !keepsThoughts;
    const onProgress = (done: number): void => onPrefill?.(done, own.length);
    const prefill = { signal, onProgress, onDrawn, scoring: onScored && { onScored } };
    onPrefill?.(0, own.length);
    const said: Token[] = [];
    const drawn = this.cache.generate(own, samplerOptions(sampling, said), prefill);
    const spoken = speech(drawn, { facts: this.#facts, most: sampling.maxAnswerTokens, signal, said });
    const message = this.#ground.segments.at(-1)?.message ?? 0;
    let thoughts = 0;
    const onThoughtsEnd = (tokens: number): void => {
      thoughts = tokens;
      // Known at once, since the process may not live to see the end of the answer.
      if (omitsThoughts) this.#ground.become({ thoughts: { tokens, message } });
    };
    const { finish, pending } = yield* this.#withoutThoughts(spoken, { said, onThought, onThoughtsEnd });
    const isAllThoughts = omitsThoughts && thoughts === said.length;
    this.#ground.become({ pending: [...(isAllThoughts ? [] : pending), ...this.chat.close], answering: 0 });
    return { finish, messageTokens, answerTokens: said.length };
  }

  #withoutThoughts(
    spoken: AsyncGenerator<string, SpeechEnd, undefined>,
    listener: Pick<ThoughtOptions, 'said' | 'onThought' | 'onThoughtsEnd'>,
  ): AsyncGenerator<string, SpeechEnd, undefined> {
    return withoutThoughts(spoken, { ...listener, marked: this.#marksThoughts, opened: this.chat.opensThoughts });
  }

  /** So the cache is what the template makes of past turns. What of the turn has been evicted before was its beginning. */
  async #omitThoughts(): Promise<void> {
    const { thoughts } = this.state;
    const newest = this.#ground.segments.at(-1);
    if (!newest || thoughts.tokens === 0) return;
    const { start, header, message, answerHeader, evicted, tokens } = newest;
    const answer = start + header + message + answerHeader;
    const left = thoughts.tokens - Math.max(0, evicted - (thoughts.message - message));
    await this.cache.omit({ start: answer - this.chat.thoughtsHeader, end: Math.min(start + tokens, answer + Math.max(0, left)) });
    this.#ground.become({ thoughts: NO_THOUGHTS });
  }

  /** Erases what is pinned for the workspace. */
  async #uninstruct(segment: number): Promise<void> {
    await this.#ground.drop(segment);
    this.#ground.become({ instructions: '', instructed: 0 });
  }

  /** A request as it would stand behind the conversation, and how many tokens of answer there is room for. */
  #beside(message: string, maxAnswerTokens: number): { readonly tokens: readonly Token[]; readonly most: number } {
    const { tokens } = this.chat.message(message, this.#ground.position);
    return { tokens, most: Math.min(maxAnswerTokens || Infinity, this.cache.roomBeside - tokens.length) };
  }
}
