import type { LlamaModel, Token } from 'node-llama-cpp';

/** What a developer asks in the course of a day; long enough together that no two turns begin alike for a while. */
const REQUESTS = [
  'Write a function that adds two numbers and returns the sum.',
  'Why does this loop never end when the list is empty?',
  'Rename the variable so that a reader knows what it counts.',
  'Show me how to read a file line by line and close it afterwards.',
  'Split this class into one that parses and one that prints.',
  'Add a test for the case in which the input has no tokens.',
  'What is the difference between a map and a record in this code?',
  'Return early when the argument is missing, and say why.',
  'Make the search case insensitive without changing its callers.',
  'Write a comment that explains the order of these two steps.',
  'Turn the callback into a promise and handle the error.',
  'Which of these branches can be removed, and how do you know?',
  'Sort the entries by date and then by name, newest first.',
] as const;

/** Words that lengthen a message to its size. */
const MORE = 'Keep the names as they are and use no library; the code must stay short, plain and easy to read for others.'.split(' ');

/**
 * Messages of the same size, always the same ones.
 *
 * @param tokens size of each, reached or exceeded by less than a word.
 * @param count tokens of a message as the conversation will hold it.
 */
export function messagesOf(number: number, tokens: number, count: (message: string) => number): readonly string[] {
  return Array.from({ length: number }, (_, at) => {
    const request = REQUESTS[at % REQUESTS.length] ?? '';
    return lengthened(request, tokens, count);
  });
}

function lengthened(request: string, tokens: number, count: (message: string) => number): string {
  let words = request.split(' ');
  for (let more = 0; count(words.join(' ')) < tokens; more++) words.push(MORE[more % MORE.length] ?? '');
  // A request that is too long already loses its end.
  while (words.length > 1 && count(words.slice(0, -1).join(' ')) >= tokens) words = words.slice(0, -1);
  return words.join(' ');
}

/** As many tokens of plain text; which ones does not matter, but they are not all the same. */
export function proseTokens(model: Pick<LlamaModel, 'tokenize'>, count: number): readonly Token[] {
  const sentences = messagesOf(100, 20, (message) => message.split(' ').length).join('\n');
  const tokens = model.tokenize(sentences);
  return Array.from({ length: count }, (_, at) => tokens[at % tokens.length] ?? (0 as Token));
}
