import { setTimeout as delay } from 'node:timers/promises';
import { readPlace } from '../../shared/completion/place-reader.ts';
import { Suggester, type Asking, type Suggested } from '../../shared/completion/suggester.ts';
import { CALM_MS, WorkedPlaces } from '../../shared/completion/worked-places.ts';
import type { CompletionPlace, CompletionResult } from '../../shared/protocol/completion.ts';
import type { Progress } from '../program.ts';
import { stopwatch } from '../stopwatch.ts';
import type { EndlessArm } from './endless-arm.ts';
import { recordedTyping, ReplayedDocument, selectedText, type AskEvent, type ChangeEvent } from './recording.ts';

/** What became of a question of the editor. */
export interface AskedKey {
  readonly place: CompletionPlace;
  /** Characters that were typed since the question before that reached the model. */
  readonly typed: number;
  readonly decision: Suggested['decision'];
  readonly stats?: CompletionResult['stats'];
  /** From the question to the answer, pauses included. */
  readonly ms: number;
}

export interface TypingRun {
  readonly keys: readonly AskedKey[];
  /** Tokens that had to be evaluated for each request that nobody waited for. */
  readonly ahead: readonly number[];
  /** Tokens that were decoded for whatever reason. */
  readonly decoded: number;
}

export interface TypingOptions {
  /** Whether the model is shown where somebody has worked before. */
  readonly passages: boolean;
  /** Requests that reach the model, after which it ends. */
  readonly requests: number;
}

/**
 * Types as it was recorded, at the times at which it was: through the same classes as in VS Code, but with the model in this
 * process. What is slow is asked less, since the next key comes before the answer, just as it is for who types.
 */
export class TypingReplay {
  readonly #arm: EndlessArm;
  readonly #options: TypingOptions;
  readonly #suggester = new Suggester((place, asking) => this.#ask(place, asking));
  readonly #worked = new WorkedPlaces<ReplayedDocument>();
  readonly #keys: AskedKey[] = [];
  readonly #ahead: number[] = [];
  readonly #waiting = new Map<number, AbortController>();
  /** How much had been typed when a question was passed on to the model, in characters. */
  readonly #typedBefore = new WeakMap<AbortSignal, number>();
  #documents: readonly ReplayedDocument[] = [];
  #running: readonly Promise<void>[] = [];
  /** Characters of all keys, and of those before the last question that reached the model. */
  #typed = 0;
  #reached = 0;
  #calm: NodeJS.Timeout | undefined;

  constructor(arm: EndlessArm, options: TypingOptions) {
    this.#arm = arm;
    this.#options = options;
  }

  async run(progress: Progress): Promise<TypingRun> {
    const { files, events } = recordedTyping();
    this.#documents = files.map((file) => new ReplayedDocument(file));
    this.#arm.tell([]);
    const decodedBefore = this.#arm.decodedTokens;
    const begun = performance.now() - (events[0]?.ms ?? 0);
    for (const event of events) {
      await delay(Math.max(0, begun + event.ms - performance.now()));
      if (this.#requests >= this.#options.requests) break;
      if ('ask' in event) this.#running = [...this.#running, this.#suggest(event, progress)];
      else if ('cancel' in event) this.#waiting.get(event.cancel)?.abort();
      else this.#change(event);
    }
    for (const controller of this.#waiting.values()) controller.abort();
    clearTimeout(this.#calm);
    await Promise.all(this.#running);
    return { keys: this.#keys, ahead: this.#ahead, decoded: this.#arm.decodedTokens - decodedBefore };
  }

  get #requests(): number {
    return this.#keys.filter(({ stats }) => (stats?.evaluated ?? 0) > 0).length;
  }

  #change(event: ChangeEvent): void {
    const document = documentAt(this.#documents, event.file);
    document.change(event);
    const [[line] = [0]] = event.changes;
    this.#typed += event.changes.reduce((sum, [, , , , text]) => sum + text.length, 0);
    const left = this.#worked.edit({ document, line });
    if (left) this.#worked.note(left, left.document.uri);
    clearTimeout(this.#calm);
    if (this.#options.passages) this.#calm = setTimeout(() => this.#arm.tell(this.#worked.passagesFor({ document, line })), CALM_MS);
  }

  async #suggest(event: AskEvent, progress: Progress): Promise<void> {
    const place = placeOf(this.#documents, event);
    const controller = new AbortController();
    this.#waiting.set(event.ask, controller);
    const elapsed = stopwatch();
    const { decision, stats } = await this.#suggester.suggest(place, controller.signal);
    this.#waiting.delete(event.ask);
    const typedBefore = this.#typedBefore.get(controller.signal) ?? this.#typed;
    const typed = Math.max(0, typedBefore - this.#reached);
    this.#keys.push({ place, typed, decision, stats, ms: elapsed().ms });
    if (!stats?.evaluated) return;
    this.#reached = Math.max(this.#reached, typedBefore);
    if (this.#requests % 50 === 0) progress(`typing: ${this.#requests} of ${this.#options.requests} requests`);
  }

  async #ask(place: CompletionPlace, { ahead, signal }: Asking): Promise<CompletionResult> {
    if (!ahead) this.#typedBefore.set(signal, this.#typed);
    const answer = await this.#arm.complete(place, { ahead, signal });
    if (ahead && answer.stats) this.#ahead.push(answer.stats.evaluated);
    return answer;
  }
}

/** The places at which the editor asked, as fast as they can be read. */
export function* recordedPlaces(): Generator<CompletionPlace, void, undefined> {
  const { files, events } = recordedTyping();
  const documents = files.map((file) => new ReplayedDocument(file));
  for (const event of events) {
    if ('changes' in event) documentAt(documents, event.file).change(event);
    else if ('ask' in event) yield placeOf(documents, event);
  }
}

function placeOf(documents: readonly ReplayedDocument[], { file, at: [line, character], selected }: AskEvent): CompletionPlace {
  const document = documentAt(documents, file);
  const asking = { repository: 'endless', path: document.uri, explicit: false, selected: selected && selectedText(selected) };
  return readPlace(document, { line, character }, asking);
}

function documentAt(documents: readonly ReplayedDocument[], file: number): ReplayedDocument {
  const document = documents[file];
  if (!document) throw new Error(`The recording has no file ${file}.`);
  return document;
}
