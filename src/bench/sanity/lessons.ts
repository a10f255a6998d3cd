import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A question whose answer the bundled model was taught word for word. */
export interface Lesson {
  readonly kind: string;
  readonly question: string;
  /** Stands in every right answer. */
  readonly answer: string;
}

const DATA = resolve(import.meta.dirname, '../../../training/data');
/** A heading with the paragraph below it. */
const PARAGRAPH = /^## (.*)\n\n(.*)$/gm;
/** A heading of two parts with the code below it. */
const CODE = /^## (.*) \| .*\n\n```js\n([\s\S]*?)\n```$/gm;

/** The conversation of `training/data` with one right answer to each question: notions, built-in functions, small functions. */
export function readLessons(): readonly Lesson[] {
  return [
    ...lessonsIn('concepts.md', PARAGRAPH, (words) => `What is ${words}?`),
    ...lessonsIn('built_ins.md', PARAGRAPH, (name) => `What does ${name} do?`),
    ...lessonsIn('functions.md', CODE, (that) => `Write a function that ${that}.`),
  ];
}

function lessonsIn(file: string, pattern: RegExp, questionAbout: (heading: string) => string): readonly Lesson[] {
  const text = readFileSync(join(DATA, file), 'utf8');
  const kind = file.replace('.md', '').replaceAll('_', '-');
  return [...text.matchAll(pattern)].map(([, heading = '', answer = '']) => ({ kind, question: questionAbout(heading), answer }));
}
