import { DEFAULT_SETTINGS } from '../../shared/settings.ts';
import type { ChatArm, TurnCost } from '../arms/chat-arm.ts';
import { ChatSessionArm } from '../arms/chat-session-arm.ts';
import { StreamingArm } from '../arms/streaming-arm.ts';
import { describeModel, loadForBench, MODEL_OPTIONS } from '../loaded-model.ts';
import { messagesOf } from '../messages.ts';
import { defineBench, type Measurement } from '../program.ts';
import { check, type Check } from '../report.ts';
import { mean, median, quantile, worst } from '../statistics.ts';
import type { Table } from '../table.ts';

const SYSTEM_PROMPT = DEFAULT_SETTINGS['chat.systemPrompt'];

/** Turns of a first conversation that is not counted: code that runs for the first time is slow in every arm. */
const WARM_UP_TURNS = 10;

/** The turns that are compared: with a window that fills, and the last third, long after it was full. */
const EARLY = { from: 5, to: 10 } as const;
const LATE_PART = 1 / 3;

/** How much longer the first token may take late in the conversation than early in it. */
const SLOWEST_LATE = 1.3;

interface TurnResult extends TurnCost {
  readonly arm: string;
  readonly conversation: number;
  readonly turn: number;
  /** All tokens of the conversation so far, in the cache or not. */
  readonly textTokens: number;
  /** Whether they are more than the window holds. */
  readonly full: boolean;
}

/** Time to first token, turn by turn, while the text grows far beyond the window. */
export const ttft = defineBench({
  options: {
    ...MODEL_OPTIONS,
    turns: { default: 60, minimum: 15, help: 'turns of a conversation' },
    'turn-tokens': { default: 40, minimum: 16, help: 'tokens of a turn: message, answer and the template around them' },
    'answer-tokens': { default: 16, minimum: 1, help: 'longest answer; it is one of the turn’s parts' },
    repeat: { default: 3, minimum: 1, help: 'conversations, one after the other' },
  },
  async measure(parameters, progress): Promise<Measurement> {
    const loaded = await loadForBench(parameters);
    try {
      const { turns, repeat } = parameters;
      const answerTokens = parameters['answer-tokens'];
      const messageTokens = parameters['turn-tokens'] - answerTokens - loaded.chat.close.length;
      const messages = messagesOf(turns, messageTokens, (text) => loaded.chat.message(text, 'afterTurn').tokens.length);
      const arms = [new StreamingArm(loaded, answerTokens), await ChatSessionArm.open(loaded, answerTokens)];
      const head = loaded.chat.head(SYSTEM_PROMPT).length;
      const converse = (said: readonly string[], conversation: number): Promise<readonly TurnResult[]> =>
        interleaved(arms, said, { conversation, head, window: loaded.facts.window });
      await converse(messages.slice(0, WARM_UP_TURNS), 0);
      const results: TurnResult[] = [];
      for (let conversation = 1; conversation <= repeat; conversation++) {
        results.push(...(await converse(messages, conversation)));
        progress(`conversation ${conversation} of ${repeat}`);
      }
      return {
        model: describeModel(loaded.facts, loaded.fingerprint),
        results,
        checks: checksOf(results, turns),
        tables: tablesOf(results, turns),
      };
    } finally {
      await loaded.dispose();
    }
  },
});

interface Conversation {
  readonly conversation: number;
  readonly head: number;
  readonly window: number;
}

/** The same conversation in every arm, turn by turn side by side; who goes first alternates. */
async function interleaved(arms: readonly ChatArm[], messages: readonly string[], about: Conversation): Promise<readonly TurnResult[]> {
  const results: TurnResult[] = [];
  const text = new Map(arms.map((arm) => [arm.name, about.head]));
  for (const arm of arms) await arm.begin(SYSTEM_PROMPT);
  for (const [at, message] of messages.entries()) {
    for (const arm of at % 2 === 0 ? arms : arms.toReversed()) {
      const cost = await arm.turn(message);
      const textTokens = (text.get(arm.name) ?? 0) + cost.newTokens;
      text.set(arm.name, textTokens);
      results.push({
        arm: arm.name,
        conversation: about.conversation,
        turn: at + 1,
        ...cost,
        textTokens,
        full: textTokens > about.window,
      });
    }
  }
  return results;
}

function checksOf(results: readonly TurnResult[], turns: number): readonly Check[] {
  const ours = results.filter(({ arm }) => arm === 'streaming');
  const full = ours.filter((result) => result.full);
  const decodedAgain = full.filter(({ decoded, newTokens }) => decoded !== newTokens);
  const fullTurns = new Set(full.map(({ turn }) => turn)).size;
  return [
    check('turns after the window was full', fullTurns, '>=', Math.floor(turns / 2)),
    check('of these, turns in which tokens decoded differ from tokens appended', decodedAgain.length, '<=', 0),
    check('median time to first token, late turns / early turns', lateToEarly(ours, turns), '<=', SLOWEST_LATE),
  ];
}

function lateToEarly(results: readonly TurnResult[], turns: number): number {
  return median(firstTokens(results.filter(isLate(turns)))) / median(firstTokens(results.filter(isEarly)));
}

function isEarly({ turn }: TurnResult): boolean {
  return turn >= EARLY.from && turn <= EARLY.to;
}

function isLate(turns: number): (result: TurnResult) => boolean {
  return ({ turn }) => turn > turns * (1 - LATE_PART);
}

function firstTokens(results: readonly TurnResult[]): readonly number[] {
  return results.map(({ firstTokenMs }) => firstTokenMs);
}

function tablesOf(results: readonly TurnResult[], turns: number): readonly Table[] {
  return [perTurn(results, turns), perArm(results, turns), perConversation(results, turns)];
}

const STREAMING_FIELDS = ['used', 'newTokens', 'decoded', 'firstTokenMs', 'settleMs', 'turnMs'] as const;
const SESSION_FIELDS = ['used', 'newTokens', 'decoded', 'firstTokenMs', 'turnMs'] as const;

function perTurn(results: readonly TurnResult[], turns: number): Table {
  const of = (arm: string, turn: number, field: keyof TurnCost): number =>
    median(results.filter((result) => result.arm === arm && result.turn === turn).map((result) => result[field]));
  return {
    title: 'Turn by turn, median of the conversations (S: streaming, L: LlamaChatSession)',
    columns: ['turn', ...STREAMING_FIELDS.map((field) => `S ${field}`), ...SESSION_FIELDS.map((field) => `L ${field}`)],
    rows: Array.from({ length: turns }, (_, at) => [
      at + 1,
      ...STREAMING_FIELDS.map((field) => of('streaming', at + 1, field)),
      ...SESSION_FIELDS.map((field) => of('LlamaChatSession', at + 1, field)),
    ]),
  };
}

function perArm(results: readonly TurnResult[], turns: number): Table {
  const phases = [
    ['early', isEarly],
    ['late', isLate(turns)],
    ['all after the window was full', (result: TurnResult) => result.full],
  ] as const;
  return {
    title: 'Time to first token in ms (decoded and whole turn: mean)',
    columns: ['arm', 'turns', 'measured', 'median', 'mean', 'p95', 'worst', 'decoded', 'whole turn'],
    rows: [...new Set(results.map(({ arm }) => arm))].flatMap((arm) =>
      phases.map(([phase, belongs]) => {
        const chosen = results.filter((result) => result.arm === arm && belongs(result));
        const times = firstTokens(chosen);
        const decoded = mean(chosen.map((result) => result.decoded));
        const turnMs = mean(chosen.map((result) => result.turnMs));
        return [arm, phase, chosen.length, median(times), mean(times), quantile(times, 0.95), worst(times), decoded, turnMs];
      }),
    ),
  };
}

/** The spread between the conversations shows how far the figures can be trusted on this machine. */
function perConversation(results: readonly TurnResult[], turns: number): Table {
  const conversations = [...new Set(results.map(({ conversation }) => conversation))];
  const row = (title: string, chosen: readonly TurnResult[]): readonly (number | string)[] => {
    const [ours, theirs] = ['streaming', 'LlamaChatSession'].map((name) => chosen.filter(({ arm }) => arm === name));
    const whenFull = (of: readonly TurnResult[] = []): readonly number[] => firstTokens(of.filter(({ full }) => full));
    const [mine, other] = [whenFull(ours), whenFull(theirs)];
    return [
      title,
      lateToEarly(ours ?? [], turns),
      lateToEarly(theirs ?? [], turns),
      median(other) / median(mine),
      mean(other) / mean(mine),
    ];
  };
  return {
    title: 'Ratios of times to first token (S: streaming, L: LlamaChatSession; L / S after the window was full)',
    columns: ['conversation', 'S late / early', 'L late / early', 'L / S median', 'L / S mean'],
    rows: [
      ...conversations.map((number) =>
        row(
          String(number),
          results.filter(({ conversation }) => conversation === number),
        ),
      ),
      row('all', results),
    ],
  };
}
