import type { GgufMetadata, LlamaModel, Token } from 'node-llama-cpp';
import type { Passage } from '../../shared/protocol.ts';
import { bosTokens } from '../model/bos-tokens.ts';
import type { ModelFile } from '../model/model-file.ts';
import type { Weights } from '../model/weights.ts';
import type { Frame } from './frame.ts';

/** The tokens that a model was taught to fill holes with. */
interface InfillTokens {
  readonly prefix: Token;
  readonly suffix: Token;
  readonly middle: Token;
}

/**
 * Puts a hole into tokens, in the order of what changes least: what the model wants first of all, passages from other
 * places, the text before the anchor, the text behind the cursor, and what was typed since the anchor as the beginning of
 * the middle. A model that was not taught to fill holes but to go on with any text is shown what stands before the
 * cursor only.
 *
 * The order prefix, suffix, middle is that of Bavarian et al. 2022 (arXiv:2207.14255, section 3); passages stand before it
 * as files of their own where a model has a separator for files (Hui et al. 2024, arXiv:2409.12186, section 3.1.2).
 */
export class InfillFormat {
  readonly #model: LlamaModel;
  readonly #infill: InfillTokens | undefined;
  readonly #separator: Token | undefined;

  private constructor(model: LlamaModel, infill: InfillTokens | undefined, separator: Token | undefined) {
    this.#model = model;
    this.#infill = infill;
    this.#separator = separator;
  }

  /** `undefined` for a model that only answers: what it would write in a hole is talk. */
  static of({ model, file }: Pick<Weights, 'model' | 'file'>): InfillFormat | undefined {
    const { prefix, suffix, middle } = model.tokens.infill;
    const infill = prefix === null || suffix === null || middle === null ? undefined : { prefix, suffix, middle };
    if (!infill && file.chatTemplate !== undefined) return undefined;
    return new InfillFormat(model, infill, infill && separatorOf(model, file));
  }

  /** Whether the model sees what stands behind the cursor. */
  get seesSuffix(): boolean {
    return this.#infill !== undefined;
  }

  /** What stands before everything else. */
  get head(): readonly Token[] {
    return bosTokens(this.#model);
  }

  passage({ path, text }: Passage): readonly Token[] {
    const start = this.#separator === undefined ? [] : [this.#separator];
    return [...start, ...this.#text(`${path}\n${text}\n`)];
  }

  /** @param path of the file, which says in what language it is. */
  frame({ path, prefix, suffix }: Frame): readonly Token[] {
    const file = this.#separator === undefined ? [] : [this.#separator, ...this.#text(`${path}\n`)];
    if (!this.#infill) return [...file, ...this.#text(prefix)];
    const { prefix: before, suffix: behind, middle } = this.#infill;
    return [...file, before, ...this.#text(prefix), behind, ...this.#text(suffix), middle];
  }

  typed(text: string): readonly Token[] {
    return this.#text(text);
  }

  /** Text is never control, whatever stands in it. */
  #text(text: string): readonly Token[] {
    return text ? this.#model.tokenize(text, false, 'trimLeadingSpace') : [];
  }
}

/** What models call the token before a file, where their files do not say which it is. */
const SEPARATORS = ['<|file_sep|>', '<|file_separator|>', '<file_sep>'];

function separatorOf(model: LlamaModel, { info }: ModelFile): Token | undefined {
  const { tokenizer } = info.metadata as { readonly tokenizer?: GgufMetadata['tokenizer'] };
  const declared = tokenizer?.ggml.fim_sep_token_id as Token | undefined;
  const named = SEPARATORS.map((name) => model.tokenize(name, true, 'trimLeadingSpace')).find(
    ([token, ...rest]) => token !== undefined && rest.length === 0 && model.isSpecialToken(token),
  );
  return declared ?? named?.[0];
}
