import type { LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import { PENALTY_WINDOW } from '../../engine/conversation/sampling.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { openArmContext, type ArmContext } from '../arms/arm-context.ts';
import type { RoundArm, RoundSampling } from './round-arm.ts';

/** What the library keeps to itself: the native context and sampler that all its own code rests on. */
interface NativeContext {
  initBatch(size: number): void;
  addToBatch(sequenceId: number, firstIndex: number, tokens: Uint32Array, logitIndexes: Uint32Array): Uint32Array;
  decodeBatch(): Promise<void>;
  sampleToken(logitIndex: number | undefined, sampler: NativeSampler): Promise<Token>;
  removeTokenCellsFromSequence(sequenceId: number, start: number, end: number): boolean;
}

interface NativeSampler {
  applyConfig(config: Readonly<Record<string, number | Uint32Array>>): void;
  dispose(): void;
}

interface Internals {
  readonly _sequenceId: number;
  readonly _context: { readonly _ctx: NativeContext };
}

interface ModelInternals {
  readonly _model: object;
  readonly _llama: { readonly _bindings: { readonly AddonSampler: new (model: object) => NativeSampler } };
}

/** The floor: a loop that decodes a token and samples the next one on the native objects, with no bookkeeping. */
export class RawArm implements RoundArm {
  readonly #arm: ArmContext;
  readonly #sampler: NativeSampler;
  readonly #sampling: RoundSampling;
  readonly #native: NativeContext;
  readonly #sequenceId: number;
  readonly #used: number;

  private constructor(arm: ArmContext, model: LlamaModel, sampling: RoundSampling, used: number) {
    const { _sequenceId, _context } = internalsOf(arm.sequence);
    const { _model, _llama } = model as unknown as ModelInternals;
    this.#arm = arm;
    this.#sampler = new _llama._bindings.AddonSampler(_model);
    this.#sampling = sampling;
    this.#native = _context._ctx;
    this.#sequenceId = _sequenceId;
    this.#used = used;
  }

  /** @param past what the cache holds before every answer. */
  static async open(loaded: LoadedModel, sampling: RoundSampling, past: readonly Token[]): Promise<RawArm> {
    const arm = await openArmContext(loaded, { window: loaded.facts.window });
    await arm.sequence.evaluateWithoutGeneratingNewTokens([...past]);
    return new RawArm(arm, loaded.model, sampling, past.length);
  }

  async answer(message: readonly Token[], drawnTokens: number): ReturnType<RoundArm['answer']> {
    const drawn: Token[] = [];
    let [entering, at] = [Uint32Array.from(message), this.#used];
    const began = performance.now();
    try {
      while (drawn.length < drawnTokens) {
        const next = await this.#decodeAndSample(entering, at, drawn);
        at += entering.length;
        drawn.push(next);
        entering = Uint32Array.of(next);
      }
      return { drawn, ms: performance.now() - began };
    } finally {
      if (!this.#native.removeTokenCellsFromSequence(this.#sequenceId, this.#used, -1)) {
        throw new Error('the native cache did not drop the answer');
      }
    }
  }

  async #decodeAndSample(tokens: Uint32Array, at: number, drawn: readonly Token[]): Promise<Token> {
    const { penalty, ...sampling } = this.#sampling;
    this.#native.initBatch(tokens.length);
    const [logits] = this.#native.addToBatch(this.#sequenceId, at, tokens, Uint32Array.of(tokens.length - 1));
    await this.#native.decodeBatch();
    this.#sampler.applyConfig({
      ...(sampling as Record<string, number>),
      seed: 1,
      repeatPenalty: penalty,
      repeatPenaltyMaxTokens: PENALTY_WINDOW,
      repeatPenaltyTokens: Uint32Array.from(drawn.slice(-PENALTY_WINDOW)),
    });
    return this.#native.sampleToken(logits, this.#sampler);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sampler.dispose();
    await this.#arm.dispose();
  }
}

function internalsOf(sequence: LlamaContextSequence): Internals {
  return sequence as unknown as Internals;
}
