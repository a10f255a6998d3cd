import { cutText } from '../../shared/cut-text.ts';
import type { ChatTokens, MessageTokens, Position } from './chat-tokens.ts';

/** What is tried next of a text that is too long. */
const SHORTER = 0.9;
/** What the model is taken to have said to instructions: templates want an answer to every message. */
const ACKNOWLEDGEMENT = 'Understood.';

/** The turn that tells the model instructions. */
export interface InstructionTurn {
  readonly rendered: MessageTokens;
  /** Whether their end had to be left out. */
  readonly isCut: boolean;
}

/**
 * Renders the instructions as a turn that is over, or as much of them as may stay in the cache for ever.
 *
 * @param most tokens that they may take.
 * @returns `undefined` when there is nothing to tell, or no room for a word of it.
 */
export function instructionTurn(instructions: string, chat: ChatTokens, position: Position, most: number): InstructionTurn | undefined {
  for (let text = instructions; text.length > 1; text = cutText(text, Math.floor(text.length * SHORTER)).text) {
    const rendered = chat.pastTurn(text, ACKNOWLEDGEMENT, position);
    if (rendered.tokens.length <= most) return { rendered, isCut: text.length < instructions.length };
  }
  return undefined;
}
