import type { Token } from 'node-llama-cpp';
import type { KvCache } from '../../engine/cache/kv-cache.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { DEFAULT_SETTINGS } from '../../shared/settings.ts';
import { readCorpus } from '../corpus/corpus.ts';
import { holesIn, nearby, type Hole } from '../corpus/holes.ts';
import { describeModel, loadForBench, MODEL_OPTIONS } from '../loaded-model.ts';
import { defineBench, type Measurement } from '../program.ts';
import { readLessons, type Lesson } from '../sanity/lessons.ts';
import { functionNames, isWhole } from '../sanity/snippets.ts';
import { write } from '../sanity/writer.ts';
import { openArmCache, policyNamed } from '../scoring/arm-cache.ts';
import { runRegisters } from '../scoring/register-run.ts';
import { outcomeOf } from '../scoring/outcome.ts';
import { runText } from '../scoring/text-run.ts';
import { textTokens } from '../scoring/text-tokens.ts';
import { checksOf, tablesOf, type Lookup, type Sample, type SinkResult } from './sanity-results.ts';

const LONGEST_ANSWER = 250;
const LONGEST_FUNCTION = 200;
const LONGEST_LINE = 40;
/** Around a line that is to be ended, as in the training. */
const CHARS_BEFORE = 450;
const CHARS_BEHIND = 200;
/** The likeliest code of a small model repeats itself; a little chance is how it is used. */
const LOOSE = { temperature: 0.7, topK: 40, topP: 0.9 } as const;
const TEMPERATURE_0 = { temperature: 0 } as const;

/** StreamEval: five lines are some 190 tokens. */
const LINES_BACK = 5;
/** The smallest window that has them with room to spare, of which the check is, and a larger one. */
const REGISTER_WINDOWS = [256, 512];

/** Text on which is measured what the sink token is to the model. */
const SINK_TEXT_TOKENS = 8192;

/** Whether the bundled model can do what it was trained for: it says how far the model is to be trusted. */
export const sanity = defineBench({
  options: {
    ...MODEL_OPTIONS,
    lessons: { default: 1000, minimum: 1, help: 'questions it was taught the answer to, at most' },
    snippets: { default: 60, minimum: 1, help: 'functions it begins, and lines of unknown code it ends' },
    queries: { default: 100, minimum: 1, help: 'queries of StreamEval' },
    seed: { default: 1, help: 'of the functions, which are written at a temperature of 0.7' },
  },
  async measure(parameters, progress): Promise<Measurement> {
    const loaded = await loadForBench(parameters);
    try {
      const { cache, dispose } = await openArmCache(loaded, policyNamed('dense', 1), loaded.facts.window);
      const taught = readLessons();
      const lessons = await answersTo(taught.slice(0, parameters.lessons), loaded, cache);
      progress(`${lessons.length} questions`);
      const code = readCorpus('').text;
      const functions = await beginFunctions(functionNames(code).slice(0, parameters.snippets), parameters.seed, loaded, cache);
      progress(`${functions.length} functions`);
      const known = taught.filter(({ kind }) => kind === 'functions').flatMap(({ answer }) => holesIn(answer, 1));
      const filled = [
        ...(await fillHoles('lines of these functions', known.slice(0, parameters.lessons), loaded, cache)),
        ...(await fillHoles('lines of unknown code', holesIn(code, parameters.snippets), loaded, cache)),
      ];
      progress(`${filled.length} holes`);
      await dispose();
      const lines = await lookUp(parameters.queries, loaded);
      progress('lines looked up');
      const sinks = await perplexityBySinks(textTokens(loaded, code).slice(0, SINK_TEXT_TOKENS), loaded);
      progress('perplexity with 0, 1 and 4 sinks');
      const samples = [...lessons, ...functions, ...filled];
      return {
        model: describeModel(loaded.facts, loaded.fingerprint),
        results: [
          ...samples,
          ...lines.map((result) => ({ task: 'streameval', ...result })),
          ...sinks.map((result) => ({ task: 'perplexity', ...result })),
        ],
        checks: checksOf({ lessons, lines, sinks }),
        tables: tablesOf({ samples, lines, sinks }),
      };
    } finally {
      await loaded.dispose();
    }
  },
});

async function answersTo(lessons: readonly Lesson[], loaded: LoadedModel, cache: KvCache): Promise<readonly Sample[]> {
  const head = loaded.chat.head(DEFAULT_SETTINGS['chat.systemPrompt']);
  const samples: Sample[] = [];
  for (const { kind, question, answer } of lessons) {
    const prompt = [...head, ...loaded.chat.message(question, 'afterSystemPrompt').tokens];
    const { text, ended } = await write(loaded, cache, prompt, { sampling: TEMPERATURE_0, mostTokens: LONGEST_ANSWER });
    samples.push({ task: kind, prompt: question, said: text, ended, right: text.includes(answer) });
  }
  return samples;
}

async function beginFunctions(names: readonly string[], seed: number, loaded: LoadedModel, cache: KvCache): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for (const [at, name] of names.entries()) {
    const prompt = `function ${name}(`;
    const isEnough = (text: string): boolean => isWhole(prompt + text);
    const sampling = { ...LOOSE, seed: seed + at };
    const { text } = await write(loaded, cache, textTokens(loaded, prompt), { sampling, mostTokens: LONGEST_FUNCTION, isEnough });
    const whole = isEnough(text);
    samples.push({ task: 'functions begun', prompt, said: prompt + text, ended: whole, right: whole });
  }
  return samples;
}

/** What was typed already stands behind the token for the middle, as in the product. Nothing for a model without the tokens for it. */
async function fillHoles(task: string, holes: readonly Hole[], loaded: LoadedModel, cache: KvCache): Promise<readonly Sample[]> {
  const { prefix: before, suffix: behind, middle: here } = loaded.model.tokens.infill;
  if (before === null || behind === null || here === null) return [];
  const text = (plain: string): readonly Token[] => loaded.model.tokenize(plain, false, 'trimLeadingSpace');
  const samples: Sample[] = [];
  for (const hole of holes) {
    const { prefix, typed, missing, suffix } = nearby(hole, CHARS_BEFORE, CHARS_BEHIND);
    const prompt = [...textTokens(loaded, ''), before, ...text(prefix), behind, ...text(suffix), here, ...text(typed)];
    const written = await write(loaded, cache, prompt, { sampling: TEMPERATURE_0, mostTokens: LONGEST_LINE, isEnough: hasLine });
    const said = firstLine(written.text);
    samples.push({ task, prompt: typed, said, ended: written.ended || hasLine(written.text), right: said === missing });
  }
  return samples;
}

function hasLine(text: string): boolean {
  return text.includes('\n');
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

/** Record lines five back, in windows small and larger. */
async function lookUp(queries: number, loaded: LoadedModel): Promise<readonly Lookup[]> {
  const lookups: Lookup[] = [];
  for (const window of REGISTER_WINDOWS.filter((size) => size <= loaded.facts.window)) {
    const about = { policy: 'streaming', window, sinks: 1, chunk: Math.ceil(window / 8), distance: LINES_BACK } as const;
    lookups.push(await outcomeOf(loaded, about, () => runRegisters(loaded, about, queries)));
  }
  return lookups;
}

/** Table 3 of the paper: a model trained with a sink token needs that one, and no more. */
async function perplexityBySinks(text: readonly Token[], loaded: LoadedModel): Promise<readonly SinkResult[]> {
  const { window } = loaded.facts;
  const results: SinkResult[] = [];
  for (const sinks of [0, 1, 4]) {
    const about = { policy: sinks === 0 ? 'window' : 'streaming', window, sinks, chunk: Math.ceil(window / 8) } as const;
    results.push(await outcomeOf(loaded, about, () => runText(loaded, text, about, { batch: 64, every: 1 })));
  }
  return results;
}
