import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Mustache from 'mustache';
import { EndlessError } from '../../shared/errors.ts';

/**
 * The templates in `prompts/`, each a file `NAME.md`, and the values that they are filled with. A text of somebody else
 * goes in as `fenced` makes it, so that the model sees where it ends.
 */
export interface PromptValues {
  readonly instructions: {
    readonly files: readonly {
      readonly path: string;
      /** What the file says, fenced. */
      readonly passage: string;
      readonly isCut: boolean;
    }[];
  };
  readonly explain: Passage;
  readonly 'explain-problem': Passage & PromptProblem & { readonly path: string };
  readonly 'explain-terminal': {
    /** What the terminal shows, fenced. */
    readonly output: string;
  };
  readonly 'review-code': Passage;
  readonly 'review-changes': {
    /** In the unified format, fenced. */
    readonly diff: string;
    readonly isStaged: boolean;
  };
  readonly edit: Passage & {
    /** What to do, in words of the user's or of another template. */
    readonly instruction: string;
    readonly hasSurroundings: boolean;
    /** What stands before and behind the passage, fenced. */
    readonly surroundings: string;
    /** Whether only what changes is to be written. */
    readonly isLong: boolean;
  };
  readonly fix: { readonly problems: readonly PromptProblem[] };
  readonly document: { readonly [value: string]: never };
  readonly tests: Passage & {
    readonly testPath: string;
    readonly hasFramework: boolean;
    readonly framework: string;
  };
  readonly 'commit-message': {
    /** In the unified format, fenced. */
    readonly diff: string;
    readonly hasRecent: boolean;
    /** The last messages, fenced. */
    readonly recent: string;
  };
  readonly rename: Passage & { readonly name: string };
}

interface Passage {
  /** Code under its path and lines, fenced. */
  readonly passage: string;
}

/** What a tool has to say about a line. */
export interface PromptProblem {
  readonly line: number;
  readonly message: string;
  readonly hasSource: boolean;
  readonly source: string;
}

export type PromptName = keyof PromptValues;

/** Writes what the model is told in Endless's own words. Values are filled in as they are, and are never templates. */
export class Prompts {
  readonly #folder: string;
  readonly #templates = new Map<PromptName, string>();

  /** @param folder that holds the templates; each is read when it is first needed. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws EndlessError `internal` when the template is not there or asks for a value that is not. */
  render<N extends PromptName>(name: N, values: PromptValues[N]): string {
    const rendered = new Mustache.Writer().render(this.#template(name), new Values(name, values), undefined, { escape: String });
    // A file ends with a line end, a message does not.
    return rendered.replace(/\n$/, '');
  }

  #template(name: PromptName): string {
    const known = this.#templates.get(name);
    if (known !== undefined) return known;
    const template = read(join(this.#folder, `${name}.md`)).replaceAll('\r\n', '\n');
    this.#templates.set(name, template);
    return template;
  }
}

/** The library renders nothing for a value that is missing; here that is an error. */
class Values extends Mustache.Context {
  readonly #template: string;

  constructor(template: string, view: unknown, parent?: Mustache.Context) {
    super(view, parent);
    this.#template = template;
  }

  override push(view: unknown): Mustache.Context {
    return new Values(this.#template, view, this);
  }

  override lookup(name: string): unknown {
    const value: unknown = super.lookup(name);
    if (value === undefined) throw new EndlessError('internal', { template: this.#template, value: name });
    return value;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw EndlessError.from(error);
  }
}
