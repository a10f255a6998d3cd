/** What somebody has typed: a message, and whether passages are to be recalled for it, be they ever so little like it. */
export interface TypedMessage {
  readonly message: string;
  readonly asksForRecall?: boolean | undefined;
}

const COMMAND = '/recall';

/** Reads `/recall QUERY`; anything else is a message as it stands. The message of a command without a query is empty. */
export function readTyped(text: string): TypedMessage {
  const trimmed = text.trim();
  if (!/^\/recall(?:\s|$)/.test(trimmed)) return { message: trimmed };
  return { message: trimmed.slice(COMMAND.length).trim(), asksForRecall: true };
}

/** What was typed for a message. */
export function asTyped({ message, asksForRecall = false }: TypedMessage): string {
  return asksForRecall ? `${COMMAND} ${message}` : message;
}
