import type { PastTurn } from '../../engine/conversation/past-turns.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { DEFAULT_SETTINGS } from '../../shared/settings.ts';
import type { ChatArm } from '../arms/chat-arm.ts';
import { ChatSessionArm } from '../arms/chat-session-arm.ts';
import { fastestPrefill, type Prefill } from '../arms/fastest-prefill.ts';
import { ScriptArm } from '../arms/script-arm.ts';
import { StreamingArm } from '../arms/streaming-arm.ts';
import { describeModel, loadForBench, MODEL_OPTIONS } from '../loaded-model.ts';
import { messagesOf, proseTokens } from '../messages.ts';
import { namesIn } from '../name-list.ts';
import { UsageError } from '../options.ts';
import { defineBench, type Measurement, type Progress } from '../program.ts';
import { obstacleTo } from '../scoring/arm-cache.ts';
import { chartsOf, flatnessChecks, gainChecks, tablesOf, type TurnResult } from './ttft-results.ts';

const SYSTEM_PROMPT = DEFAULT_SETTINGS['chat.systemPrompt'];

/** Turns of a first conversation that is not counted: code that runs for the first time is slow in every arm. */
const WARM_UP_TURNS = 10;

/** With weights as large as a shape's, that is soon lost in the rest. */
const WARM_UP_TURNS_OF_SHAPE = 1;

const PROGRESS_TURNS = 10;

/** @param prefill how the machine decodes a whole window fastest, for those that do so again and again. */
type OpenArm = (loaded: LoadedModel, answerTokens: number, prefill: Prefill) => Promise<ChatArm>;

/** The ways of holding a conversation, by name. */
const ARMS = {
  streaming: async (loaded, answerTokens) => new StreamingArm(loaded, answerTokens),
  'rolling-script': async (loaded, answerTokens) => ScriptArm.open('rolling-script', loaded, answerTokens),
  'truncate-every-turn': async (loaded, answerTokens, prefill) => ScriptArm.open('truncate-every-turn', loaded, answerTokens, prefill),
  'truncate-a-tenth': async (loaded, answerTokens, prefill) => ScriptArm.open('truncate-a-tenth', loaded, answerTokens, prefill),
  LlamaChatSession: async (loaded, answerTokens, prefill) => ChatSessionArm.open(loaded, answerTokens, prefill),
} as const satisfies Record<string, OpenArm>;

const ARM_NAMES = Object.keys(ARMS) as readonly (keyof typeof ARMS)[];

/** Time to first token, turn by turn, while the text grows far beyond the window. */
export const ttft = defineBench({
  options: {
    ...MODEL_OPTIONS,
    turns: { default: 60, minimum: 15, help: 'turns of a conversation' },
    'turn-tokens': { default: 40, minimum: 16, help: 'tokens of a turn: message, answer and the template around them' },
    'answer-tokens': { default: 16, minimum: 1, help: 'longest answer; it is one of the turn’s parts' },
    'past-turns': { default: 0, help: 'turns of the same size that each conversation begins with, evaluated at once and not counted' },
    repeat: { default: 3, minimum: 1, help: 'conversations, one after the other' },
    arms: { default: ARM_NAMES.join(','), help: 'what to measure side by side, "streaming" among it' },
  },
  async measure(parameters, progress): Promise<Measurement> {
    const wanted = armsNamed(parameters.arms);
    const loaded = await loadForBench(parameters);
    const reason = obstacleTo(loaded, 'streaming');
    const open = wanted.filter((name) => name !== 'rolling-script' || reason === undefined);
    const arms: ChatArm[] = [];
    try {
      const { turns, repeat, shape } = parameters;
      const answerTokens = parameters['answer-tokens'];
      const messageTokens = parameters['turn-tokens'] - answerTokens - loaded.chat.close.length;
      const messages = messagesOf(turns, messageTokens, (text) => loaded.chat.message(text, 'afterTurn').tokens.length);
      const past = pastTurns(loaded, messages.slice(0, parameters['past-turns']), answerTokens);
      const { window } = loaded.facts;
      const prefill = await fastestPrefill(loaded, proseTokens(loaded.model, window), { window });
      for (const name of open) arms.push(await ARMS[name](loaded, answerTokens, prefill));
      const start: Start = { past, textTokens: textTokensOf(loaded, past), window };
      const warmUp = messages.slice(0, shape ? WARM_UP_TURNS_OF_SHAPE : WARM_UP_TURNS);
      await interleaved(arms, warmUp, { ...start, past: [] }, 0, () => undefined);
      const results: TurnResult[] = [];
      for (let conversation = 1; conversation <= repeat; conversation++) {
        results.push(...(await interleaved(arms, messages, start, conversation, progress)));
      }
      return {
        model: describeModel(loaded.facts, loaded.fingerprint),
        results: [
          ...results.map((result) => ({ ...result, supported: true, reason: null })),
          ...wanted.filter((name) => !open.includes(name)).map((arm) => ({ arm, supported: false, reason })),
        ],
        // Of a model whose cache cannot roll there is nothing to be said of rolling.
        checks: reason === undefined ? [...flatnessChecks(results, turns), ...(shape ? gainChecks(results) : [])] : [],
        tables: tablesOf(results, turns),
        charts: chartsOf(results, turns),
      };
    } finally {
      for (const arm of arms) await arm.dispose();
      await loaded.dispose();
    }
  },
});

function armsNamed(list: string): readonly (keyof typeof ARMS)[] {
  const names = [...new Set(namesIn('arms', list, ARM_NAMES))];
  if (!names.includes('streaming')) throw new UsageError('--arms must contain "streaming", with which the others are compared.');
  return names;
}

function pastTurns(loaded: LoadedModel, messages: readonly string[], answerTokens: number): readonly PastTurn[] {
  const answers = messagesOf(messages.length, answerTokens, (text) => loaded.model.tokenize(text).length);
  const past = messages.map((message, at): PastTurn => ({ id: at + 1, message, answer: answers[at] ?? '' }));
  // As much as the product itself takes over from an earlier day.
  if (past.length > 0 && textTokensOf(loaded, past) > loaded.facts.window / 2) {
    throw new UsageError('--past-turns must fit into half the window.');
  }
  return past;
}

/** Tokens of the conversation that begins with these turns. */
function textTokensOf({ chat }: LoadedModel, past: readonly PastTurn[]): number {
  const turns = past.flatMap(({ message, answer }) => chat.pastTurn(message, answer, 'afterTurn').tokens);
  return chat.head(SYSTEM_PROMPT).length + turns.length;
}

interface Start {
  readonly past: readonly PastTurn[];
  /** Tokens of the system prompt and of these turns. */
  readonly textTokens: number;
  readonly window: number;
}

/** The same conversation in every arm, turn by turn side by side; who goes first changes from turn to turn. */
async function interleaved(
  arms: readonly ChatArm[],
  messages: readonly string[],
  start: Start,
  conversation: number,
  progress: Progress,
): Promise<readonly TurnResult[]> {
  const results: TurnResult[] = [];
  const text = new Map(arms.map((arm) => [arm.name, start.textTokens]));
  for (const arm of arms) await arm.begin(SYSTEM_PROMPT, start.past);
  for (const [at, message] of messages.entries()) {
    const first = at % arms.length;
    for (const arm of [...arms.slice(first), ...arms.slice(0, first)]) {
      const cost = await arm.turn(message);
      const textTokens = (text.get(arm.name) ?? 0) + cost.newTokens;
      text.set(arm.name, textTokens);
      results.push({ arm: arm.name, conversation, turn: at + 1, ...cost, textTokens, full: textTokens > start.window });
    }
    if ((at + 1) % PROGRESS_TURNS === 0) progress(`conversation ${conversation}: ${at + 1} of ${messages.length} turns`);
  }
  return results;
}
