import type { Token } from 'node-llama-cpp';
import type { KvCache } from '../../engine/cache/kv-cache.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { DEFAULT_SETTINGS } from '../../shared/settings.ts';
import { readCorpus } from '../corpus/corpus.ts';
import { holesIn, nearby, type Hole } from '../corpus/holes.ts';
import { describeModel, loadForBench, MODEL_OPTIONS } from '../loaded-model.ts';
import { defineBench, type Measurement } from '../program.ts';
import { check, type Check } from '../report.ts';
import { readLessons, type Lesson } from '../sanity/lessons.ts';
import { fencedCode, functionNames, isWhole, parses } from '../sanity/snippets.ts';
import { write } from '../sanity/writer.ts';
import { openArmCache, policyNamed } from '../scoring/arm-cache.ts';
import { runRegisters } from '../scoring/register-run.ts';
import { runText, type TextResult } from '../scoring/text-run.ts';
import { textTokens } from '../scoring/text-tokens.ts';
import type { Table } from '../table.ts';

/** One thing that the model was to write. */
interface Sample {
  readonly task: string;
  readonly prompt: string;
  readonly said: string;
  /** Whether it came to an end before it was too long. */
  readonly ended: boolean;
  /** Whether it is what was wanted: holds the taught text, is the missing line, or, where any code will do, parses. */
  readonly right: boolean;
}

const LONGEST_ANSWER = 250;
const LONGEST_FUNCTION = 200;
const LONGEST_LINE = 40;
/** Around a line that is to be ended, as in the training. */
const CHARS_BEFORE = 450;
const CHARS_BEHIND = 200;
/** The likeliest code of a small model repeats itself; a little chance is how it is used. */
const LOOSE = { temperature: 0.7, topK: 40, topP: 0.9 } as const;
const TEMPERATURE_0 = { temperature: 0 } as const;

/** StreamEval well inside the window: five lines are some 190 tokens. */
const LINES_BACK = 5;
const REGISTER_WINDOW = 256;

/** Of what was taught word for word, of the code in such answers, and of lines that can be looked up. */
const LEAST_RIGHT = 0.9;

/** Text on which is measured what the sink token is to the model, and how much more perplexed it is to be without it. */
const SINK_TEXT_TOKENS = 8192;
const LEAST_LOSS_WITHOUT_SINK = 2;
/** How much four sinks may gain over one. */
const LARGEST_GAIN_OF_MORE = 0.01;

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
      const window = Math.min(loaded.facts.window, REGISTER_WINDOW);
      const registers = { policy: 'streaming', window, sinks: 1, chunk: Math.ceil(window / 8), distance: LINES_BACK } as const;
      const lines = await runRegisters(loaded, registers, parameters.queries);
      const sinks = await perplexityBySinks(textTokens(loaded, code).slice(0, SINK_TEXT_TOKENS), loaded);
      progress('perplexity with 0, 1 and 4 sinks');
      const samples = [...lessons, ...functions, ...filled];
      return {
        model: describeModel(loaded.facts, loaded.fingerprint),
        results: [...samples, { task: 'streameval', ...lines }, ...sinks.map((result) => ({ task: 'perplexity', ...result }))],
        checks: checksOf(lessons, lines.accuracy, sinks),
        tables: [tableOf(samples), ...examplesOf(samples), sinkTable(sinks)],
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

/** Table 3 of the paper: a model trained with a sink token needs that one, and no more. */
async function perplexityBySinks(text: readonly Token[], loaded: LoadedModel): Promise<readonly TextResult[]> {
  const { window } = loaded.facts;
  const results: TextResult[] = [];
  for (const sinks of [0, 1, 4]) {
    const about = { policy: sinks === 0 ? 'window' : 'streaming', window, sinks, chunk: Math.ceil(window / 8) } as const;
    results.push(await runText(loaded, text, about, { batch: 64, every: 1 }));
  }
  return results;
}

function checksOf(lessons: readonly Sample[], accuracy: number, sinks: readonly TextResult[]): readonly Check[] {
  const [none = NaN, one = NaN, four = NaN] = sinks.map(({ perplexity }) => perplexity);
  const snippets = lessons.flatMap(({ said }) => fencedCode(said) ?? []);
  return [
    check(
      'answers as taught, part',
      share(lessons, ({ right }) => right),
      '>=',
      LEAST_RIGHT,
    ),
    check(
      'answers that end by themselves, part',
      share(lessons, ({ ended }) => ended),
      '>=',
      LEAST_RIGHT,
    ),
    check('code in answers that parses, part', share(snippets, parses), '>=', LEAST_RIGHT),
    check(`StreamEval ${LINES_BACK} lines back in a window of ${REGISTER_WINDOW}, part answered exactly`, accuracy, '>=', LEAST_RIGHT),
    check('perplexity without the sink token by that with it', none / one, '>=', LEAST_LOSS_WITHOUT_SINK),
    check('perplexity with one sink by that with four, difference from 1', Math.abs(one / four - 1), '<=', LARGEST_GAIN_OF_MORE),
  ];
}

function sinkTable(results: readonly TextResult[]): Table {
  return {
    title: `Perplexity of ${SINK_TEXT_TOKENS} tokens of unknown code, by the first tokens that stay`,
    columns: ['sinks + newest', 'perplexity'],
    rows: results.map(({ sinks, window, perplexity }) => [`${sinks}+${window - sinks}`, perplexity]),
  };
}

function share<T>(all: readonly T[], holds: (one: T) => boolean): number {
  return all.filter(holds).length / all.length;
}

function tableOf(samples: readonly Sample[]): Table {
  return {
    title: 'What it wrote: answers are right when they hold the taught text, functions begun when they parse, lines when they are exact',
    columns: ['task', 'asked', 'right', 'ended'],
    rows: [...Map.groupBy(samples, ({ task }) => task)].map(([task, alike]) => [
      task,
      alike.length,
      alike.filter(({ right }) => right).length,
      alike.filter(({ ended }) => ended).length,
    ]),
  };
}

const EXAMPLES = 3;

/** A few of each, right or wrong, so that one can see for oneself. */
function examplesOf(samples: readonly Sample[]): readonly Table[] {
  return [...Map.groupBy(samples, ({ task }) => task)].map(([task, alike]) => ({
    title: `For example: ${task}`,
    columns: ['asked', 'said', ''],
    rows: alike.slice(0, EXAMPLES).map(({ prompt, said, right }) => [prompt.trim(), said.replaceAll('\n', '⏎'), right ? '' : 'not right']),
  }));
}
