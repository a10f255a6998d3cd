import type { PastTurn } from '../../engine/conversation/past-turns.ts';
import type { Elapsed } from '../stopwatch.ts';

/** What one turn cost. */
export interface TurnCost {
  /** Tokens the turn added to the conversation: message, answer, and the template's text around them. */
  readonly newTokens: number;
  /** Tokens that native code decoded for it. */
  readonly decoded: number;
  /** From the message being handed over to the first piece of text. */
  readonly firstTokenMs: number;
  /** The same in time of processors. */
  readonly firstTokenCpuMs: number;
  /** Work after the answer has ended, while its reader reads. */
  readonly settleMs: number;
  /** The whole turn with that work. */
  readonly turnMs: number;
  /** Tokens in the cache when the turn is over. */
  readonly used: number;
}

/** A way of holding a conversation, to be compared with others. Its context and its sequence are its own. */
export interface ChatArm {
  readonly name: string;
  /** Forgets everything and begins anew with the system prompt and with turns that were held before, evaluated at once. */
  begin(systemPrompt: string, past?: readonly PastTurn[]): Promise<void>;
  /** One message and its whole answer. */
  turn(message: string): Promise<TurnCost>;
  /** Gives its context back. The model cannot be unloaded while one is lost that was not disposed. */
  dispose(): Promise<void>;
}

/** What the clocks of a turn have shown, from its message to its end. */
export function turnTimes(
  first: Elapsed | undefined,
  answered: Elapsed,
  settled = answered,
): Omit<TurnCost, 'newTokens' | 'decoded' | 'used'> {
  const { ms, cpuMs } = first ?? answered;
  return { firstTokenMs: ms, firstTokenCpuMs: cpuMs, settleMs: settled.ms - answered.ms, turnMs: settled.ms };
}

/** Every arm answers greedily and without penalties, so that only the cache makes a difference. */
export const GREEDY = { temperature: 0, topP: 1, topK: 0, minP: 0, repeatPenalty: 1 } as const;
