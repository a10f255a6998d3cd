import * as v from 'valibot';
import { EndlessError } from '../../shared/errors.ts';
import type { Passage } from '../../shared/protocol/completion.ts';
import type { ServedModel } from '../model/remote/served-model.ts';
import { failureIn, garbled } from '../model/remote/server-errors.ts';

/** A hole that is to be filled. */
export interface Hole {
  readonly prefix: string;
  readonly suffix: string;
  /** From other places, oldest first. */
  readonly passages: readonly Passage[];
  /** Tokens to be written at most. */
  readonly most: number;
}

/** Has a server fill a hole; what it writes comes piece by piece. */
export type FillHole = (hole: Hole, signal: AbortSignal) => AsyncGenerator<string, void, undefined>;

/** How a family of models marks a hole, in the order in which its parts stand. */
interface Marks {
  readonly family: RegExp;
  readonly order: 'prefix-first' | 'suffix-first';
  readonly prefix: string;
  readonly suffix: string;
  readonly middle: string;
}

/** By the model cards of Qwen2.5-Coder, CodeGemma, StarCoder2, Granite Code, Code Llama, DeepSeek-Coder and Codestral. */
const FAMILIES: readonly Marks[] = [
  {
    family: /qwen.*coder|codeqwen|codegemma|endless-tiny/i,
    order: 'prefix-first',
    prefix: '<|fim_prefix|>',
    suffix: '<|fim_suffix|>',
    middle: '<|fim_middle|>',
  },
  { family: /starcoder|granite.*code/i, order: 'prefix-first', prefix: '<fim_prefix>', suffix: '<fim_suffix>', middle: '<fim_middle>' },
  { family: /code-?llama/i, order: 'prefix-first', prefix: '<PRE> ', suffix: ' <SUF>', middle: ' <MID>' },
  { family: /deepseek.*coder/i, order: 'prefix-first', prefix: '<｜fim▁begin｜>', suffix: '<｜fim▁hole｜>', middle: '<｜fim▁end｜>' },
  { family: /codestral/i, order: 'suffix-first', prefix: '[PREFIX]', suffix: '[SUFFIX]', middle: '' },
];

/** What servers say to a hole that they cannot fill: no such end point, no such field, a model without the tokens for it. */
const CANNOT: ReadonlySet<string> = new Set(['server-refuses', 'server-model-unknown']);

/** Whether a failure means that a server cannot fill holes at all with this model, whatever is in them. */
export function cannotFill(error: unknown): boolean {
  if (!(error instanceof EndlessError)) return false;
  return CANNOT.has(error.code) || (error.code === 'server-failed' && error.args['status'] === 501);
}

/**
 * The way in which a server can be asked to fill holes: llama.cpp's end point for that; the marks of a model that is known by its name;
 * else the `suffix` of OpenAI's completions, which not every server knows.
 */
export function holeFiller(model: ServedModel): FillHole {
  if (model.facts.software === 'llama.cpp') return byInfill(model);
  const marks = FAMILIES.find(({ family }) => family.test(model.facts.model));
  return marks ? byMarks(model, marks) : bySuffix(model);
}

const InfillSchema = v.object({ content: v.optional(v.string(), '') });

/** The text is tokenized as plain text there, whatever stands in it. */
function byInfill({ client }: ServedModel): FillHole {
  return async function* ({ prefix, suffix, passages, most }, signal) {
    const body = {
      input_prefix: prefix,
      input_suffix: suffix,
      input_extra: passages.map(({ path: filename, text }) => ({ filename, text })),
      n_predict: most,
      temperature: 0,
      stream: true,
    };
    for await (const event of client.stream(client.own('/infill'), body, signal)) {
      yield parsed(client.host, InfillSchema, event).content;
    }
  };
}

/** What looks like a mark would be one to such a server, so a text with one in it is not sent. */
function byMarks(model: ServedModel, { order, prefix, suffix, middle }: Marks): FillHole {
  return async function* (hole, signal) {
    if ([prefix, suffix, middle].some((mark) => mark !== '' && (hole.prefix + hole.suffix).includes(mark.trim()))) return;
    const parts = [prefix + hole.prefix, suffix + hole.suffix];
    const prompt = (order === 'prefix-first' ? parts : parts.toReversed()).join('') + middle;
    yield* completed(model, { prompt, max_tokens: hole.most }, signal);
  };
}

function bySuffix(model: ServedModel): FillHole {
  return async function* ({ prefix, suffix, most }, signal) {
    yield* completed(model, { prompt: prefix, suffix, max_tokens: most }, signal);
  };
}

const CompletionSchema = v.object({ choices: v.optional(v.array(v.object({ text: v.optional(v.string(), '') })), []) });

async function* completed({ client, facts }: ServedModel, body: object, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
  const whole = { model: facts.model, temperature: 0, stream: true, ...body };
  for await (const event of client.stream(client.standard('/completions'), whole, signal)) {
    yield parsed(client.host, CompletionSchema, event).choices[0]?.text ?? '';
  }
}

function parsed<T>(host: string, schema: v.GenericSchema<unknown, T>, event: unknown): T {
  const failure = failureIn(host, event);
  if (failure) throw failure;
  const said = v.safeParse(schema, event);
  if (!said.success) throw garbled(host, JSON.stringify(event));
  return said.output;
}
