import type { GgufMetadata, LlamaModel, Token } from 'node-llama-cpp';
import type { Passage } from '../../shared/protocol/completion.ts';
import { bosTokens } from '../model/bos-tokens.ts';
import type { ModelFile } from '../model/model-file.ts';
import type { Weights } from '../model/weights.ts';
import { FEWEST_SINKS } from '../cache/policy.ts';
import type { Frame } from './frame.ts';

/** The tokens that a model was taught to fill holes with. */
interface InfillTokens {
  readonly prefix: Token;
  readonly suffix: Token;
  readonly middle: Token;
}

/**
 * Puts a hole into tokens, in the order of what changes least: what the model wants first of all, the name of the repository,
 * passages from other places, the text before the anchor, the text behind the cursor, and what was typed since the anchor as the beginning of
 * the middle. A model that was not taught to fill holes but to go on with any text is shown what stands before the
 * cursor only.
 *
 * The order prefix, suffix, middle is that of Bavarian et al. 2022 (arXiv:2207.14255, section 3); passages stand before it
 * as files of their own where a model has tokens for repositories and files (Hui et al. 2024, arXiv:2409.12186, section 3.2.2).
 */
export class InfillFormat {
  readonly #model: LlamaModel;
  readonly #infill: InfillTokens | undefined;
  readonly #marks: FileMarks;

  private constructor(model: LlamaModel, infill: InfillTokens | undefined, marks: FileMarks) {
    this.#model = model;
    this.#infill = infill;
    this.#marks = marks;
  }

  /** `undefined` for a model that only answers: what it would write in a hole is talk. */
  static of({ model, file }: Pick<Weights, 'model' | 'file'>): InfillFormat | undefined {
    const { prefix, suffix, middle } = model.tokens.infill;
    const infill = prefix === null || suffix === null || middle === null ? undefined : { prefix, suffix, middle };
    if (!infill && file.chatTemplate !== undefined) return undefined;
    return new InfillFormat(model, infill, infill ? fileMarks(model, file) : {});
  }

  /** Whether the model sees what stands behind the cursor. */
  get seesSuffix(): boolean {
    return this.#infill !== undefined;
  }

  /**
   * What stands before everything else and never leaves, so that attention has its sinks: the name of the repository is told
   * where there is a token for it, and one for its files; empty lines make up for what is missing.
   *
   * @param repository its name; empty where there is none.
   */
  head(repository: string): readonly Token[] {
    const { repository: mark, file } = this.#marks;
    const isTold = repository !== '' && mark !== undefined && file !== undefined;
    const head = [...bosTokens(this.#model), ...(isTold ? [mark, ...this.#text(`${repository}\n`)] : [])];
    const lines = Array.from({ length: FEWEST_SINKS }, () => this.#text('\n')).flat();
    return [...head, ...lines.slice(0, Math.max(0, FEWEST_SINKS - head.length))];
  }

  passage({ path, text }: Passage): readonly Token[] {
    const { file } = this.#marks;
    return [...(file === undefined ? [] : [file]), ...this.#text(`${path}\n${text}\n`)];
  }

  /** @param path of the file, which says in what language it is. */
  frame({ path, prefix, suffix }: Frame): readonly Token[] {
    if (!this.#infill) return this.#text(prefix);
    const { file } = this.#marks;
    const { prefix: before, suffix: behind, middle } = this.#infill;
    return [
      ...(file === undefined ? [] : [file, ...this.#text(`${path}\n`)]),
      before,
      ...this.#text(prefix),
      behind,
      ...this.#text(suffix),
      middle,
    ];
  }

  typed(text: string): readonly Token[] {
    return this.#text(text);
  }

  /** Text is never control, whatever stands in it. */
  #text(text: string): readonly Token[] {
    return text ? this.#model.tokenize(text, false, 'trimLeadingSpace') : [];
  }
}

/** What stands before the name of a repository, and before a file of it, where a model was taught such tokens. */
interface FileMarks {
  readonly repository?: Token | undefined;
  readonly file?: Token | undefined;
}

/** What models call them, where their files do not say which they are. */
const REPOSITORY_NAMES = ['<|repo_name|>', '<|reponame|>', '<repo_name>', '<reponame>'];
const FILE_NAMES = ['<|file_sep|>', '<|file_separator|>', '<file_sep>'];

function fileMarks(model: LlamaModel, { info }: ModelFile): FileMarks {
  const { tokenizer } = info.metadata as { readonly tokenizer?: GgufMetadata['tokenizer'] };
  return {
    repository: (tokenizer?.ggml.fim_rep_token_id as Token | undefined) ?? controlToken(model, REPOSITORY_NAMES),
    file: (tokenizer?.ggml.fim_sep_token_id as Token | undefined) ?? controlToken(model, FILE_NAMES),
  };
}

/** The first of these names that is one token of control. */
function controlToken(model: LlamaModel, names: readonly string[]): Token | undefined {
  const found = names.map((name) => model.tokenize(name, true, 'trimLeadingSpace'));
  return found.find(([token, ...rest]) => token !== undefined && rest.length === 0 && model.isSpecialToken(token))?.[0];
}
