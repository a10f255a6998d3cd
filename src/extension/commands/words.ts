/** What a command is given when it was written into the chat: the words behind its name. */
export interface Words {
  readonly words: string;
}

/** What more was written than the name of a command; empty when it was called in another way. */
export function wordsIn(argument: unknown): string {
  return typeof argument === 'object' && argument !== null && 'words' in argument ? String(argument.words) : '';
}

/** What the model is asked for, with what somebody has written beside it. */
export function withWords(prompt: string, words: string): string {
  return words === '' ? prompt : `${prompt.trimEnd()}\n\n${words}`;
}
