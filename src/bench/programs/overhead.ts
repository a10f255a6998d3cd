import { engineSettings, DEFAULT_SETTINGS } from '../../shared/settings.ts';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import { readCorpus } from '../corpus/corpus.ts';
import { describeModel, loadForBench, MODEL_OPTIONS } from '../loaded-model.ts';
import { messagesOf } from '../messages.ts';
import { LibraryArm } from '../overhead/library-arm.ts';
import { RawArm } from '../overhead/raw-arm.ts';
import type { RoundArm, RoundSampling } from '../overhead/round-arm.ts';
import { ServedChat } from '../overhead/served-chat.ts';
import { UsageError } from '../options.ts';
import { defineBench, type Measurement } from '../program.ts';
import { check } from '../report.ts';
import { median, quantile } from '../statistics.ts';

/** What the product may add to a token of the library, in milliseconds. */
const MOST_ADDED_MS = 0.25;

/** Answers that are thrown away: the processor's caches and the compiler have to warm up. */
const WARM_UP_ROUNDS = 3;

const PROGRESS_ROUNDS = 10;

const MESSAGE_TOKENS = 24;
/** Longest answer while the cache is filled: short ones, so that it is not overshot. */
const FILLING_TOKENS = 8;
/** More than any token has in the text. */
const BYTES_PER_TOKEN = 16;

interface OverheadResult {
  readonly round: number;
  readonly messageTokens: number;
  readonly drawnTokens: number;
  /** Tokens in the cache before the message. */
  readonly used: number;
  /** Milliseconds per token drawn, reading the message included. */
  readonly product: number;
  readonly library: number;
  readonly raw: number;
}

/** What a token costs beyond its decode: in the product with a client that is told it, in the library, and in a bare loop. */
export const overhead = defineBench({
  options: {
    ...MODEL_OPTIONS,
    rounds: { default: 40, minimum: 5, help: 'answers of each kind, one after the other' },
    'answer-tokens': { default: 120, minimum: 16, help: 'longest answer' },
  },
  async measure(parameters, progress): Promise<Measurement> {
    const loaded = await loadForBench(parameters);
    const settings = settingsOf(loaded.facts.path, parameters);
    const sampling = samplingOf(settings);
    try {
      await using product = await ServedChat.open(settings);
      const count = (text: string): number => loaded.chat.message(text, 'afterTurn').tokens.length;
      const messages = messagesOf(WARM_UP_ROUNDS + parameters.rounds, MESSAGE_TOKENS, count);
      const used = await fill(product, messages, loaded.facts.window, parameters['answer-tokens']);
      const text = loaded.model.tokenize(readCorpus('').text.slice(0, BYTES_PER_TOKEN * loaded.facts.window));
      await using library = await LibraryArm.open(loaded, sampling, text.slice(0, used));
      await using raw = await RawArm.open(loaded, sampling, text.slice(0, used));
      const results: OverheadResult[] = [];
      for (const [at, message] of messages.entries()) {
        const { ms, turnId, messageTokens, drawnTokens } = await product.ask(message);
        await product.forget(turnId);
        const times = new Map<RoundArm, number>();
        for (const arm of at % 2 === 0 ? [library, raw] : [raw, library]) {
          const answer = await arm.answer(text.slice(used, used + messageTokens), drawnTokens);
          times.set(arm, answer.ms);
        }
        const perToken = (total: number | undefined): number => (total ?? NaN) / drawnTokens;
        if (at < WARM_UP_ROUNDS) continue;
        const costs = { product: perToken(ms), library: perToken(times.get(library)), raw: perToken(times.get(raw)) };
        results.push({ round: results.length + 1, messageTokens, drawnTokens, used, ...costs });
        if (results.length % PROGRESS_ROUNDS === 0) progress(`${results.length} of ${parameters.rounds} rounds`);
      }
      return { model: describeModel(loaded.facts, loaded.fingerprint), results, ...summaryOf(results) };
    } finally {
      await loaded.dispose();
    }
  },
});

/**
 * Holds a conversation until half of what answers leave room for is full.
 *
 * @returns tokens in the cache.
 */
async function fill(product: ServedChat, messages: readonly string[], window: number, answerTokens: number): Promise<number> {
  const room = window - 2 * MESSAGE_TOKENS - answerTokens;
  if (room <= 2 * MESSAGE_TOKENS) throw new UsageError(`--answer-tokens ${answerTokens} leaves no room in a window of ${window} tokens.`);
  for (let turn = 0; ; turn++) {
    const { used } = await product.ask(messages[turn % messages.length] ?? '', { maxAnswerTokens: FILLING_TOKENS, temperature: 0 });
    if (used >= room / 2) return used;
  }
}

interface OverheadParameters {
  readonly window: number;
  readonly threads: number;
  readonly gpu: string;
  readonly 'answer-tokens': number;
}

function settingsOf(modelPath: string, { window, threads, gpu, ...rest }: OverheadParameters): EngineSettings {
  return engineSettings({
    ...DEFAULT_SETTINGS,
    'model.path': modelPath,
    'model.gpu': gpu === 'auto' ? 'auto' : 'off',
    'model.threads': threads,
    'cache.window': window,
    'chat.maxAnswerTokens': rest['answer-tokens'],
  });
}

function samplingOf({ temperature, topP, topK, minP, repeatPenalty }: EngineSettings): RoundSampling {
  return { temperature, topP, topK, minP, penalty: repeatPenalty };
}

/** Pairs are compared round by round, since the machine is not the same from one minute to the next. */
function summaryOf(results: readonly OverheadResult[]): Pick<Measurement, 'checks' | 'tables' | 'charts'> {
  const added = results.map(({ product, library }) => product - library);
  const addedByLibrary = results.map(({ library, raw }) => library - raw);
  const row = (name: string, values: readonly number[]): readonly (string | number)[] => [
    name,
    ...[0.25, 0.5, 0.75].map((part) => quantile(values, part)),
  ];
  return {
    checks: [check('ms per token that the product adds to sequence.evaluate, median', median(added), '<=', MOST_ADDED_MS)],
    tables: [
      {
        title: 'Milliseconds per token drawn, from the request to the end of the answer',
        columns: ['', 'lower quartile', 'median', 'upper quartile'],
        rows: [
          row(
            'product, client connected',
            results.map(({ product }) => product),
          ),
          row(
            'sequence.evaluate',
            results.map(({ library }) => library),
          ),
          row(
            'native decode and sample',
            results.map(({ raw }) => raw),
          ),
          row('the product adds', added),
          row('the library adds', addedByLibrary),
        ],
      },
    ],
    charts: [
      {
        title: 'Milliseconds per token drawn, round by round',
        x: { label: 'round', scale: 'linear' },
        y: { label: 'ms', scale: 'linear' },
        series: (['product', 'library', 'raw'] as const).map((name) => ({
          name,
          points: results.map((result) => ({ x: result.round, y: result[name] })),
        })),
      },
    ],
  };
}
