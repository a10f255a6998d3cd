import type { CompletionPlace, CompletionResult } from '../../src/shared/protocol/completion.ts';

/** What the scripted engine would write, one line below the other. */
export const SCRIPTED_LINES = ['const answer = 42;', 'const question = answer / 6;', 'console.log(question);'];

/** What else it writes for who asks with a key. */
export const SCRIPTED_ALTERNATIVES = ['er = 41;', 'er = 43;'];

/** What it writes where a function has been opened: as polished, for a bracket behind the cursor. */
const SCRIPTED_BLOCK = '\n  return 42;\n';

/** Goes on with a line that was begun, and on an empty line with the one that follows the line above. */
export function scriptedCompletion({ before, explicit }: CompletionPlace): CompletionResult {
  if (before.endsWith('() {')) return suggested(SCRIPTED_BLOCK);
  const lines = before.split('\n');
  const [line = '', above = ''] = lines.toReversed();
  const following = SCRIPTED_LINES[SCRIPTED_LINES.indexOf(above) + 1];
  const begun = SCRIPTED_LINES.find((whole) => line !== '' && whole.startsWith(line));
  const text = (line === '' ? following : begun?.slice(line.length)) ?? '';
  return text ? suggested(text, explicit ? SCRIPTED_ALTERNATIVES : []) : { outcome: 'silent', text, alternatives: [] };
}

function suggested(text: string, alternatives: readonly string[] = []): CompletionResult {
  return { outcome: 'suggested', text, alternatives: [...alternatives] };
}
