/** The shortest fence that Markdown knows. */
const SHORTEST = 3;

/**
 * A text as a block of code in Markdown. The fence is longer than any run of backticks in the text, so the block ends where
 * the text ends, whatever the text says. A text that does not end with a line end gets one.
 *
 * @param info what the block holds, such as the id of a language; may be empty.
 */
export function fenced(text: string, info: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), SHORTEST - 1);
  const fence = '`'.repeat(longest + 1);
  const end = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${fence}${info.replaceAll(/[`\r\n]/g, '')}\n${text}${end}${fence}`;
}
