import { describe, expect, test } from 'vitest';
import {
  excerptPassage,
  LONGEST_PASSAGE,
  passageParts,
  problemsPassage,
  type Problem,
} from '../../../../src/extension/context/passages.ts';

const cutNote = (count: number): string => `of ${count}`;
const excerpt = (text: string, firstLine = 1, languageId = 'typescript'): string =>
  excerptPassage({ path: 'src/a.ts', languageId, text, firstLine }, cutNote);

describe('an excerpt', () => {
  test.each([
    ['let a;', 7, 'src/a.ts:7'],
    ['let a;\n', 7, 'src/a.ts:7'],
    ['let a;\nlet b;', 7, 'src/a.ts:7-8'],
    ['let a;\r\nlet b;\r\n', 7, 'src/a.ts:7-8'],
    ['let a;\n\n', 1, 'src/a.ts:1-2'],
    ['', 1, 'src/a.ts:1'],
  ])('%j from line %i on stands under its path and lines', (text, firstLine, label) => {
    expect(excerpt(text, firstLine).split('\n')[0]).toBe(label);
  });

  test('is fenced and says its language', () => {
    expect(excerpt('let a;')).toBe('src/a.ts:1\n```typescript\nlet a;\n```');
    expect(excerpt('a', 1, 'plaintext')).toBe('src/a.ts:1\n```\na\n```');
    expect(excerpt('```\na\n```\n', 1, 'markdown')).toBe('src/a.ts:1-3\n````markdown\n```\na\n```\n````');
  });

  test('is cut behind a whole line when it is too long, and says so', () => {
    const line = `${'a'.repeat(99)}\n`;
    const passage = excerpt(line.repeat(1000), 11);
    const kept = Math.floor(LONGEST_PASSAGE / 100);
    expect(passage.split('\n')[0]).toBe(`src/a.ts:11-${kept + 10} (of 1000)`);
    expect(passage).toContain(`\`\`\`typescript\n${line.repeat(kept)}\`\`\``);
  });
});

describe('problems', () => {
  const problem = (line: number, changes: Partial<Problem> = {}): Problem => ({
    line,
    column: 5,
    severity: 'error',
    message: "Cannot find name 'x'.",
    source: 'ts 2304',
    lineText: '  const y = x;',
    ...changes,
  });

  test('stand in the order of the text, each with its line', () => {
    const problems = [
      problem(12),
      problem(3, { severity: 'warning', message: 'Unused.', source: '', lineText: 'let a;' }),
      problem(12, { column: 1 }),
    ];
    expect(problemsPassage('Problems', 'a.ts', problems, cutNote)).toBe(
      [
        'Problems',
        '```',
        'a.ts:3:5: warning: Unused.',
        '    let a;',
        "a.ts:12:1: error: Cannot find name 'x'. [ts 2304]",
        '    const y = x;',
        "a.ts:12:5: error: Cannot find name 'x'. [ts 2304]",
        '    const y = x;',
        '```',
      ].join('\n'),
    );
  });

  test('are cut when there are too many, and say so', () => {
    const passage = problemsPassage(
      'Problems',
      'a.ts',
      Array.from({ length: 1000 }, (_, line) => problem(line + 1)),
      cutNote,
    );
    expect(passage.length).toBeLessThan(LONGEST_PASSAGE + 100);
    expect(passage.startsWith('Problems (of 1000)\n```\na.ts:1:5: error')).toBe(true);
  });
});

describe('a passage', () => {
  test.each([
    ['let a;\nlet b;\n', 'typescript', ['let a;', 'let b;']],
    ['```\na\n```\n', 'markdown', ['```', 'a', '```']],
    ['', 'typescript', []],
  ])('of %j is taken apart into what it was made of', (text, languageId, lines) => {
    expect(passageParts(excerpt(text, 7, languageId))).toEqual({
      title: expect.stringMatching(/^src\/a\.ts:7/) as string,
      info: languageId,
      lines,
    });
  });

  test.each(['', 'words', 'title\n```ts\nlet a;', 'title\nlet a;\n```'])('is not %j', (text) => {
    expect(passageParts(text)).toBeUndefined();
  });
});
