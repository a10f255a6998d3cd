import { parseAnswer } from './edits/answer-parser.ts';

/** What a model thinks before it answers, as models that think mark it. */
const THOUGHTS = /^\s*<(think|thinking|thought)>[^]*?(?:<\/\1>|$)/;

/** An answer without what the model thought before it; of an answer that is still thought about, nothing. */
export function withoutThoughts(answer: string): string {
  return answer.replace(THOUGHTS, '');
}

/** A commit message out of an answer: without what models wrap around it. Empty when there is none. */
export function commitMessageIn(answer: string): string {
  const said = withoutThoughts(answer);
  const parsed = parseAnswer(said);
  const text = parsed.kind === 'whole' ? parsed.lines.join('\n') : said.replace(/^\s*`{3,}\w*\n?|\n?`{3,}\s*$/g, '');
  return text
    .replace(/^\s*(?:commit message|message)\s*:\s*/i, '')
    .replace(/^\s*(["'`])([^]*)\1\s*$/, '$2')
    .trim()
    .replace(/\n{3,}/g, '\n\n');
}

const NAME = /[\p{L}_$][\p{L}\p{N}\p{M}_$]*/u;
const MOST_NAMES = 8;

/**
 * Names out of an answer that has one in each line, with or without numbers, marks and explanations.
 *
 * @param former the name that they are to replace, which is none of them.
 */
export function namesIn(answer: string, former: string): readonly string[] {
  const names = withoutThoughts(answer)
    .split('\n')
    .flatMap((line) => {
      const quoted = /`([^`]+)`/.exec(line)?.[1];
      const bare = /^\s*(?:[-*•]|\d+[.)])?\s*([^\s:,.]+)(?::\s.+|[,.]\s*|\s+[-–—(].*)?$/u.exec(line)?.[1];
      const name = (quoted ?? bare ?? '').trim();
      return NAME.exec(name)?.[0] === name ? [name] : [];
    });
  return [...new Set(names)].filter((name) => name !== former).slice(0, MOST_NAMES);
}
