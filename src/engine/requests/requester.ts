import { EndlessError } from '../../shared/errors.ts';
import { isServerAddress } from '../../shared/server-address.ts';
import type { ModelSlot } from '../model/model-slot.ts';
import { reachServer } from '../model/remote/served-model.ts';
import type { ServerAccess } from '../model/remote/server-access.ts';
import type { LoadOptions, LoadSettings, Weights } from '../model/weights.ts';
import type { Precedence } from '../precedence.ts';
import { Queue } from '../queue.ts';
import { stoppedAnswer, type RequestListener } from '../conversation/request-answer.ts';
import { RequestContext, type Answering, type Request, type RequestResult } from './request-context.ts';
import { ServerRequests } from './server-requests.ts';

export interface RequesterOptions {
  /** The model of the chat, on which requests stand, too. */
  readonly model: ModelSlot;
  readonly precedence: Precedence;
  readonly load: Pick<LoadOptions, 'log' | 'confirmShift' | 'attempts' | 'onContexts' | 'onDeviceLost'>;
  /** What servers may be sent. */
  readonly access: ServerAccess;
  /** How long the context is kept without a request, in milliseconds; five minutes if not given. */
  readonly idleMs?: number;
}

/** The context takes as much memory as that of the chat. */
const IDLE_MS = 5 * 60_000;

/** The answer to what was ended before there was a word of it. */
const STOPPED: RequestResult = { ...stoppedAnswer(), calls: [] };

/** Answers what no conversation remembers, one request after the other, in a context that is there only while it is needed. */
export class Requester {
  readonly #options: RequesterOptions;
  readonly #queue = new Queue();
  #context: Answering | undefined;
  #openedFor = '';
  #isBusy = false;
  #running = new AbortController();
  #answering: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;

  constructor(options: RequesterOptions) {
    this.#options = options;
    const isStanding = (): boolean => this.#context?.weights !== undefined;
    options.model.register({
      isStanding,
      leave: async () => {
        if (!isStanding()) return;
        this.#running.abort();
        await this.#answering;
        // The context goes with its model.
        this.#context = undefined;
      },
    });
  }

  /**
   * Answers a request when those before it are done.
   *
   * @param window tokens that the context is to hold.
   * @param signal ends it; what was written by then is the answer.
   * @throws EndlessError `message-too-long`, or with the code of what is wrong with the model.
   */
  answer(request: Request, window: number, listener: RequestListener, signal: AbortSignal): Promise<RequestResult> {
    listener.onStage({ kind: 'waiting' });
    const work = async (): Promise<RequestResult> => {
      clearTimeout(this.#idle);
      this.#isBusy = true;
      try {
        const context = await this.#enter(request.settings, window, listener, signal);
        return await this.#decode(context, request, listener, signal);
      } catch (error) {
        // Loading, too, ends when nobody waits any more.
        if (!signal.aborted || error instanceof EndlessError) throw error;
        return STOPPED;
      } finally {
        this.#isBusy = false;
        this.#idle = setTimeout(() => void this.#queue.run(() => this.#free()), this.#options.idleMs ?? IDLE_MS).unref();
      }
    };
    return this.#queue.runUnless(signal, work, () => STOPPED);
  }

  /** Runs `work` when all requests that came before are answered. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.run(work);
  }

  /** The context goes with its model. */
  close(): void {
    clearTimeout(this.#idle);
  }

  async #enter(settings: LoadSettings, window: number, { onStage }: RequestListener, signal: AbortSignal): Promise<Answering> {
    const { modelPath, gpu, threads, quantizedValues } = settings;
    const wish = JSON.stringify([modelPath, gpu, threads, quantizedValues, window]);
    if (this.#context && this.#openedFor === wish) return this.#context;
    await this.#free();
    if (isServerAddress(modelPath)) {
      const server = new ServerRequests(await reachServer({ modelPath, window }, this.#options.access, signal));
      [this.#context, this.#openedFor] = [server, wish];
      return server;
    }
    const options = { ...this.#options.load, signal, onProgress: (fraction: number): void => onStage({ kind: 'loading', fraction }) };
    // Known before the model may go again: whoever loads another one asks who stands on this.
    const open = async (weights: Weights): Promise<Answering> => {
      this.#context = await RequestContext.open(weights, window, this.#options.precedence, () => this.#makeWay());
      this.#openedFor = wish;
      return this.#context;
    };
    const { model } = this.#options;
    // On the model that is there if it is the one that is wished, whatever the settings of the chat that loaded it.
    return (await model.share(settings, options, open)) ?? model.open(settings, options, open);
  }

  /** Whatever fails but a stop leaves a context that may not be what it seems: it is given up. */
  async #decode(context: Answering, request: Request, listener: RequestListener, signal: AbortSignal): Promise<RequestResult> {
    this.#running = new AbortController();
    const answer = context.answer(request, listener, AbortSignal.any([signal, this.#running.signal]));
    this.#answering = answer.catch(() => undefined);
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof EndlessError) || error.code !== 'message-too-long') await this.#free();
      throw error;
    }
  }

  /** Somebody waits for what is being answered. */
  async #makeWay(): Promise<boolean> {
    if (this.#isBusy) return false;
    await this.#free();
    return true;
  }

  async #free(): Promise<void> {
    const context = this.#context;
    this.#context = undefined;
    await context?.dispose();
  }
}
