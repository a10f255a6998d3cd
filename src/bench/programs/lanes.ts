import type { Token } from 'node-llama-cpp';
import { distributionAfter, divergence } from '../../engine/cache/distribution.ts';
import type { Dialogue } from '../../engine/conversation/dialogue.ts';
import type { Sampling } from '../../engine/conversation/sampling.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { inputPredictor } from '../../engine/model/role-context.ts';
import { openArmContext, type ArmContext } from '../arms/arm-context.ts';
import { ownFiles } from '../corpus/corpus.ts';
import { answerBeside, repeatBeside, type BesideAnswer } from '../lanes/beside.ts';
import { fullDialogue } from '../lanes/full-dialogue.ts';
import { describeModel, loadForBench, MODEL_OPTIONS } from '../loaded-model.ts';
import { UsageError } from '../options.ts';
import { defineBench, type Measurement } from '../program.ts';
import { check } from '../report.ts';
import { quantile } from '../statistics.ts';

/** What rounding may change in the distribution of the next token, in nats. */
const MOST_DIVERGENCE = 1e-5;

const GREEDY: Sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, repeatPenalty: 1, maxAnswerTokens: 0 };

/** Tokens of code that a request is about, at least. */
const LEAST_CODE = 24;

/** How an answer comes about: as the model likes, or as a repetition of the code that it was shown. */
const KINDS = ['own words', 'repeats its input'] as const;

interface LaneResult {
  readonly request: number;
  readonly kind: (typeof KINDS)[number];
  readonly promptTokens: number;
  readonly answerTokens: number;
  /** Milliseconds per token of the answer, with tokens that are predicted from the request, and one by one. */
  readonly predicted: number;
  readonly single: number;
  readonly isSame: boolean;
}

/** What commands beside a conversation with a full window leave behind, and what predicting from the request saves. */
export const lanes = defineBench({
  options: {
    ...MODEL_OPTIONS,
    requests: { default: 50, minimum: 1, help: 'commands that change code' },
  },
  async measure(parameters, progress): Promise<Measurement> {
    const loaded = await loadForBench(parameters);
    const { model } = loaded;
    const size = { window: loaded.context.contextSize - 1 };
    const predicting = await openArmContext(loaded, { ...size, tokenPredictor: await inputPredictor() });
    const plain = await openArmContext(loaded, size);
    const on = ({ sequence, decodes }: ArmContext): LoadedModel => ({ ...loaded, sequence, decodes });
    try {
      const full = await fullDialogue(loaded);
      const predicted = (await fullDialogue(on(predicting))).dialogue;
      const single = (await fullDialogue(on(plain))).dialogue;
      const { cache } = full.dialogue;
      const passages = passagesOf(loaded, parameters.requests, Math.floor(cache.roomBeside / 4));
      const probe = model.tokenize('the')[0] ?? (0 as Token);
      const before = await distributionAfter(loaded.sequence, probe);
      const results: LaneResult[] = [];
      for (const [at, code] of passages.entries()) {
        const message = `Change what has to be changed in this code:\n\n${code}`;
        const sampling = { ...GREEDY, maxAnswerTokens: Math.floor(cache.roomBeside / 4) };
        const asked = (dialogue: Dialogue): Promise<BesideAnswer> => answerBeside(dialogue, message, sampling);
        const repeated = (dialogue: Dialogue): Promise<BesideAnswer> => repeatBeside(dialogue.cache, model, message, code);
        for (const [kind, answer] of [
          [KINDS[0], asked],
          [KINDS[1], repeated],
        ] as const) {
          await answer(full.dialogue);
          const inOrder = at % 2 === 0 ? [predicted, single] : [single, predicted];
          const answers = new Map<Dialogue, BesideAnswer>();
          for (const each of inOrder) answers.set(each, await answer(each));
          results.push({ request: at + 1, kind, ...compared(answers.get(predicted), answers.get(single)) });
        }
        if ((at + 1) % 10 === 0) progress(`${at + 1} of ${parameters.requests} requests`);
      }
      const { window, used } = cache.layout;
      const divergenceAfter = divergence(before, await distributionAfter(loaded.sequence, probe));
      return {
        model: describeModel(loaded.facts, loaded.fingerprint),
        results,
        checks: [
          check('tokens of the window that are free', window - used, '<=', 0),
          check(`KL of the next token, before and after ${2 * passages.length} requests`, divergenceAfter, '<=', MOST_DIVERGENCE),
          check('evictions', full.evictions.length, '<=', 0),
          check('answers that predicting changed', results.filter(({ isSame }) => !isSame).length, '<=', 0),
        ],
        tables: [tableOf(results)],
      };
    } finally {
      await predicting.dispose();
      await plain.dispose();
      await loaded.dispose();
    }
  },
});

function compared(predicted: BesideAnswer | undefined, single: BesideAnswer | undefined): Omit<LaneResult, 'request' | 'kind'> {
  return {
    promptTokens: predicted?.promptTokens ?? NaN,
    answerTokens: predicted?.answerTokens ?? NaN,
    predicted: predicted?.msPerToken ?? NaN,
    single: single?.msPerToken ?? NaN,
    isSame: predicted?.text === single?.text,
  };
}

/** Passages of the sources of this repository that are whole lines and have at most so many tokens. */
function passagesOf({ model }: LoadedModel, count: number, most: number): readonly string[] {
  if (most < LEAST_CODE) throw new UsageError('There is no room beside the window: make it smaller than what the model was trained on.');
  const files = ownFiles().map(({ text }) => text.split('\n').filter((line) => /\S/.test(line) && !/[^\x20-\x7e]/.test(line)));
  const passages: string[] = [];
  for (let at = 0; passages.length < count; at++) {
    const lines = files[(at * 7) % files.length] ?? [];
    let passage = '';
    for (const line of lines.slice(Math.floor(lines.length / 2))) {
      if (model.tokenize(`${passage}${line}\n`).length > most) break;
      passage += `${line}\n`;
    }
    if (model.tokenize(passage).length >= Math.min(LEAST_CODE, most)) passages.push(passage);
  }
  return passages;
}

function tableOf(results: readonly LaneResult[]): Measurement['tables'][number] {
  return {
    title: 'What predicting from the request saves: time per token one by one, divided by that of several at once',
    columns: ['answer', 'requests', 'tokens', 'ms one by one', 'ms predicted', 'speed-up, lower quartile', 'median', 'upper quartile'],
    rows: KINDS.map((kind) => {
      const of = results.filter((result) => result.kind === kind && result.answerTokens > 1);
      const median = (values: readonly number[]): number => quantile(values, 0.5);
      const speedUps = of.map(({ single, predicted }) => single / predicted);
      return [
        kind,
        of.length,
        median(of.map(({ answerTokens }) => answerTokens)),
        median(of.map(({ single }) => single)),
        median(of.map(({ predicted }) => predicted)),
        ...[0.25, 0.5, 0.75].map((part) => quantile(speedUps, part)),
      ];
    }),
  };
}
