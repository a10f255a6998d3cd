import type { Turn } from '../../shared/protocol/turn.ts';
import { withRecalled } from './recall-block.ts';

type Spoken = Pick<Turn, 'message' | 'recall' | 'attachments'>;

/** What the model is told with a message, each of it as text of its own. */
export interface Told {
  /** What it is shown before the message. */
  readonly attachments: readonly string[];
  /** The user's words, and behind them what is recalled. */
  readonly message: string;
}

export function told({ message, recall, attachments = [] }: Spoken): Told {
  return { attachments: attachments.map(({ text }) => text), message: withRecalled(message, recall?.passages ?? []) };
}

/** What stands between two attachments, and between the last of them and the message. */
const SEPARATOR = '\n\n';

/** An attachment as it stands before what follows it. */
export function attached(text: string): string {
  return text + SEPARATOR;
}

/** All of it, in order, in the pieces that become tokens each by itself. */
export function toldPieces(spoken: Spoken): readonly string[] {
  const { attachments, message } = told(spoken);
  return [...attachments.map(attached), message];
}
