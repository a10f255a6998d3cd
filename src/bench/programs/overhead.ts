import type { Token } from 'node-llama-cpp';
import { engineSettings, DEFAULT_SETTINGS } from '../../shared/settings.ts';
import type { EngineSettings } from '../../shared/protocol.ts';
import { readCorpus } from '../corpus/corpus.ts';
import { describeModel, loadForBench, MODEL_OPTIONS } from '../loaded-model.ts';
import { messagesOf } from '../messages.ts';
import { LibraryArm } from '../overhead/library-arm.ts';
import { RawArm } from '../overhead/raw-arm.ts';
import { ServedChat } from '../overhead/served-chat.ts';
import type { RoundSampling } from '../overhead/decode-round.ts';
import { defineBench, type Measurement } from '../program.ts';
import { check } from '../report.ts';
import { median, quantile } from '../statistics.ts';

/** What the product may add to a token of the library, in milliseconds. */
const MOST_ADDED_MS = 0.25;

/** Answers that are thrown away: the processor's caches and the compiler have to warm up. */
const WARM_UP_ROUNDS = 3;

const PROGRESS_ROUNDS = 10;

interface OverheadResult {
  readonly round: number;
  readonly messageTokens: number;
  readonly answerTokens: number;
  /** Milliseconds per token of the answer, all that belongs to the answer included. */
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
      const messages = messagesOf(parameters.rounds + WARM_UP_ROUNDS, 24, count);
      const { used } = await product.ask(messages[0] ?? '');
      const text = loaded.model.tokenize(readCorpus('').text.slice(0, 8 * loaded.facts.window));
      const past = text.slice(0, used);
      await using library = await LibraryArm.open(loaded, sampling, past);
      await using raw = await RawArm.open(loaded, sampling, past);
      const results: OverheadResult[] = [];
      for (const [at, message] of messages.entries()) {
        const { ms, turnId, messageTokens, answerTokens } = await product.ask(message);
        await product.forget(turnId);
        const round = { messageTokens, answerTokens };
        const entering: readonly Token[] = text.slice(used, used + messageTokens);
        const arms = at % 2 === 0 ? [library, raw] : [raw, library];
        const times = new Map<object, number>();
        for (const arm of arms) times.set(arm, await arm.answer(round, entering));
        const perToken = (total = NaN): number => total / answerTokens;
        if (at < WARM_UP_ROUNDS) continue;
        const others = { library: perToken(times.get(library)), raw: perToken(times.get(raw)) };
        results.push({ round: results.length + 1, ...round, product: perToken(ms), ...others });
        if (results.length % PROGRESS_ROUNDS === 0) progress(`${results.length} of ${parameters.rounds} rounds`);
      }
      return { model: describeModel(loaded.facts, loaded.fingerprint), results, ...summaryOf(results) };
    } finally {
      await loaded.dispose();
    }
  },
});

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
function summaryOf(results: readonly OverheadResult[]): Pick<Measurement, 'checks' | 'tables'> {
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
        title: 'Milliseconds per token of an answer, its message and all else that belongs to it included',
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
  };
}
