import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { DEFAULT_SETTINGS } from '../../shared/settings.ts';
import type { Chart } from '../chart.ts';
import { readQuestions, type Question } from '../corpus/questions.ts';
import { describeModel, loadForBench, MODEL_OPTIONS } from '../loaded-model.ts';
import { defineBench, type Measurement } from '../program.ts';
import { openArmCache, policyNamed, type PolicyName } from '../scoring/arm-cache.ts';
import { chunkIn } from '../scoring/chunk.ts';
import { measuredIn, outcomeOf, refusalTables, type Outcome } from '../scoring/outcome.ts';
import { perplexity } from '../scoring/perplexity.ts';
import { QuestionRounds, type Reply } from '../scoring/question-rounds.ts';
import type { Table } from '../table.ts';

const SYSTEM_PROMPT = DEFAULT_SETTINGS['chat.systemPrompt'];

/** A way of putting the questions: each for itself, or all in one conversation. */
interface Arm {
  readonly arm: string;
  readonly policy: PolicyName;
}

/** A question that is put alone leaves no other behind, so nothing ever has to leave for it. */
const ONE_SHOT: Arm = { arm: 'one-shot', policy: 'dense' };
const ARMS: readonly Arm[] = [ONE_SHOT, { arm: 'window', policy: 'window' }, { arm: 'streaming', policy: 'streaming' }];

interface RoundResult extends Arm {
  readonly round: number;
  readonly questions: number;
  readonly right: number;
  readonly accuracy: number;
  /** Perplexity of the right choices: it moves before the accuracy does. */
  readonly rightPerplexity: number;
  /** Tokens that the conversation has had by now, without the choices that were tried and taken back. */
  readonly textTokens: number;
}

/** The ARC experiment: multiple-choice questions as one unbroken stream, beside each question for itself. */
export const streamqa = defineBench({
  options: {
    ...MODEL_OPTIONS,
    questions: { default: '', help: 'JSONL file of {question, choices, answer: place of the right one}; without it, our own' },
    rounds: { default: 3, minimum: 1, help: 'how often all questions are put' },
    chunk: { default: '1/8', help: 'fewest tokens that leave at once, or their part of the window' },
  },
  async measure(parameters, progress): Promise<Measurement> {
    const questions = readQuestions(parameters.questions);
    const loaded = await loadForBench(parameters);
    try {
      const outcomes: Outcome<Arm, RoundsResult>[] = [];
      for (const arm of ARMS) {
        outcomes.push(await outcomeOf(loaded, arm, () => measureRounds(arm, loaded, questions, parameters)));
        progress(`${arm.arm}: ${parameters.rounds} rounds`);
      }
      const results = measuredIn(outcomes).flatMap(({ rounds }) => rounds);
      return {
        model: describeModel(loaded.facts, loaded.fingerprint),
        results: outcomes.flatMap((outcome): object[] =>
          outcome.supported ? outcome.rounds.map((round) => ({ ...round, supported: true, reason: null })) : [outcome],
        ),
        checks: [],
        tables: [tableOf(results, questions), ...refusalTables<Arm, RoundsResult>(outcomes, ({ arm }) => arm)],
        charts: [chartOf(results)],
      };
    } finally {
      await loaded.dispose();
    }
  },
});

interface Parameters {
  readonly window: number;
  readonly rounds: number;
  readonly chunk: string;
}

interface RoundsResult {
  readonly rounds: readonly RoundResult[];
}

async function measureRounds(
  arm: Arm,
  loaded: LoadedModel,
  questions: readonly Question[],
  { rounds, chunk }: Parameters,
): Promise<RoundsResult> {
  const { window } = loaded.facts;
  const opened = await openArmCache(loaded, policyNamed(arm.policy, chunkIn(chunk, window)), window);
  try {
    const conversation = await QuestionRounds.begin(loaded, opened.cache, SYSTEM_PROMPT);
    const results: RoundResult[] = [];
    for (let round = 1; round <= rounds; round++) {
      const replies: Reply[] = [];
      for (const question of questions) {
        replies.push(await conversation.ask(question));
        if (arm === ONE_SHOT) await conversation.forget();
      }
      results.push({ ...arm, round, ...summaryOf(replies), textTokens: conversation.textTokens });
    }
    return { rounds: results };
  } finally {
    await opened.dispose();
  }
}

function summaryOf(replies: readonly Reply[]): Pick<RoundResult, 'questions' | 'right' | 'accuracy' | 'rightPerplexity'> {
  const right = replies.filter((reply) => reply.right).length;
  const rightPerplexity = perplexity(replies.map(({ rightLogProbability }) => rightLogProbability));
  return { questions: replies.length, right, accuracy: right / replies.length, rightPerplexity };
}

function tableOf(results: readonly RoundResult[], questions: readonly Question[]): Table {
  const chance = questions.reduce((sum, { choices }) => sum + 1 / choices.length, 0);
  return {
    title: `Questions answered rightly, of ${questions.length} in each round; by chance it would be ${Math.round(chance)}`,
    columns: ['arm', 'round', 'right', 'percent', 'perplexity of the right choices', 'tokens so far'],
    rows: results.map(({ arm, round, right, accuracy, rightPerplexity, textTokens }) => [
      arm,
      round,
      right,
      accuracy * 100,
      rightPerplexity,
      textTokens,
    ]),
  };
}

function chartOf(results: readonly RoundResult[]): Chart {
  return {
    title: 'Questions answered rightly',
    x: { label: 'tokens so far', scale: 'linear' },
    y: { label: 'percent', scale: 'linear' },
    series: [...Map.groupBy(results, ({ arm }) => arm)].map(([name, rounds]) => ({
      name,
      points: rounds.map(({ textTokens, accuracy }) => ({ x: textTokens, y: accuracy * 100 })),
    })),
  };
}
