/** What somebody has typed: a message, and whether passages are to be recalled for it, be they ever so little like it. */
export interface TypedMessage {
  readonly message: string;
  readonly asksForRecall?: boolean | undefined;
}

const COMMAND = '/recall';

/** Reads `/recall QUERY`; anything else is a message as it stands, also with a space before it. The message of a command without a query is empty. */
export function readTyped(text: string): TypedMessage {
  if (!/^\/recall(?:\s|$)/.test(text)) return { message: text.trim() };
  return { message: text.slice(COMMAND.length).trim(), asksForRecall: true };
}

/** What was typed for a message; one that might be taken for a command has a space before it. */
export function asTyped({ message, asksForRecall = false }: TypedMessage): string {
  if (asksForRecall) return `${COMMAND} ${message}`;
  return message.startsWith('/') ? ` ${message}` : message;
}
