import type { Llama, LlamaModel } from 'node-llama-cpp';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import { loadError } from '../model/load-error.ts';
import { inspectModelFile } from '../model/model-file.ts';
import { chooseBackend, type NativeLog } from '../model/native-library.ts';
import { Queue } from '../queue.ts';

/** How long it is kept without being asked, in milliseconds. */
const IDLE_MS = 5 * 60_000;

interface Loaded {
  readonly path: string;
  readonly llama: Llama;
  readonly model: LlamaModel;
}

/** Counts tokens with the vocabulary of a model alone: without its weights, and beside whatever model is loaded. */
export class Vocabulary {
  readonly #log: NativeLog;
  readonly #queue = new Queue();
  #loaded: Loaded | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(log: NativeLog) {
    this.#log = log;
  }

  /**
   * How many tokens a model makes of a text; what looks like a control token is text.
   *
   * @throws EndlessError with the code of what is wrong with the file.
   */
  countTokens(text: string, settings: Pick<EngineSettings, 'modelPath' | 'threads'>): Promise<number> {
    return this.#queue.run(async () => {
      clearTimeout(this.#idle);
      const { model } = await this.#load(settings);
      this.#idle = setTimeout(() => void this.close(), IDLE_MS).unref();
      return model.tokenize(text, false).length;
    });
  }

  close(): Promise<void> {
    clearTimeout(this.#idle);
    return this.#queue.run(() => this.#free());
  }

  async #load({ modelPath: path, threads }: Pick<EngineSettings, 'modelPath' | 'threads'>): Promise<Loaded> {
    if (this.#loaded?.path === path) return this.#loaded;
    await this.#free();
    const file = await inspectModelFile(path);
    const { llama } = await chooseBackend({ gpu: 'off', threads }, this.#log);
    try {
      this.#loaded = { path, llama, model: await llama.loadModel({ modelPath: path, vocabOnly: true }) };
      return this.#loaded;
    } catch (error) {
      await llama.dispose();
      throw await loadError(error, file);
    }
  }

  async #free(): Promise<void> {
    const loaded = this.#loaded;
    this.#loaded = undefined;
    await loaded?.llama.dispose();
  }
}
