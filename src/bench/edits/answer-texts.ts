import { EDIT_REFUSALS, type EditRefusal } from '../../shared/edits/edit-target.ts';

/** The answer is refused, for one of these reasons. Where one edit would do as well, `or` is the document after it. */
export interface Refused {
  readonly refused: EditRefusal | readonly EditRefusal[];
  readonly or?: string;
}

/** What a model answered about a document, and what becomes of the document. */
export interface AnswerCase {
  readonly family: string;
  readonly name: string;
  /** As VS Code names it. */
  readonly language: string;
  /** The document, its lines ended by `\n`. */
  readonly source: string;
  /** Lines that may be changed, from 0, the last one not included; all if left out. */
  readonly range?: readonly [start: number, end: number];
  readonly answer: string;
  /** The whole document afterwards. */
  readonly expected: string | Refused;
}

export type AnswerCaseOfFamily = Omit<AnswerCase, 'family'>;

/** Makes cases of one document. */
export const about =
  (language: string, source: string, range?: readonly [start: number, end: number]) =>
  (name: string, answer: string, expected: string | Refused): AnswerCaseOfFamily => ({
    ...{ name, language, source, answer, expected },
    ...(range && { range }),
  });

/** For answers that must change nothing, whatever the reason is called. */
export const ANY: readonly EditRefusal[] = EDIT_REFUSALS;

export const family = (name: string, cases: readonly AnswerCaseOfFamily[]): readonly AnswerCase[] =>
  cases.map((one) => ({ family: name, ...one }));

/** The lines between the backticks, less the indentation of the closing backtick and two more columns. */
export function code(strings: readonly string[]): string {
  const lines = strings.join('').split('\n').slice(1);
  const margin = (lines.pop() ?? '').length + 2;
  return lines.map((line) => `${line.slice(margin)}\n`).join('');
}

const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

export const fence = (tag: string, text: string, marks = '```'): string => `${marks}${tag}\n${ended(text)}${marks}\n`;

export const block = (search: string, replace: string): string =>
  `<<<<<<< SEARCH\n${ended(search)}=======\n${ended(replace)}>>>>>>> REPLACE\n`;

/**
 * The text with one passage changed.
 *
 * @throws {Error} unless the passage is in the text exactly once.
 */
export function change(text: string, from: string, to: string): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`${parts.length - 1} times in the text: ${from}`);
  return parts.join(to);
}

/**
 * The range from the line that holds one text to the line that holds another, with both.
 *
 * @throws {Error} if a line is not there.
 */
export function span(source: string, first: string, last = first): readonly [start: number, end: number] {
  const lines = source.split('\n');
  const start = lines.findIndex((line) => line.includes(first));
  const end = lines.findIndex((line, index) => index >= start && line.includes(last)) + 1;
  if (start < 0 || end === 0) throw new Error(`Not in the text: ${first} to ${last}`);
  return [start, end];
}

export const withCrlf = (text: string): string => text.replaceAll('\n', '\r\n');

export const TOTAL = code`
  export function total(items: readonly Item[]): number {
    let sum = 0;
    for (const item of items) sum += item.price;
    return sum;
  }
`;
export const total = about('typescript', TOTAL);

export const UNITS = code`
  export function toCelsius(f: number): number {
    return ((f - 32) * 5) / 9;
  }

  export function toFahrenheit(c: number): number {
    return (c * 9) / 5 + 32;
  }

  export function toKelvin(c: number): number {
    return c + 273;
  }
`;
export const units = about('typescript', UNITS);

export const QUEUE = code`
  export class Queue<T> {
    readonly #items: T[] = [];

    push(item: T): void {
      this.#items.push(item);
    }

    pop(): T | undefined {
      return this.#items.shift();
    }

    get size(): number {
      return this.#items.length;
    }
  }
`;
export const queue = about('typescript', QUEUE);

export const STATS = code`
  import math


  def mean(values):
      total = 0
      for value in values:
          total += value
      return total / len(values)


  def spread(values):
      middle = mean(values)
      return max(abs(value - middle) for value in values)
`;
export const stats = about('python', STATS);

export const GREET = code`
  package main

  import "fmt"

  func greet(name string) string {
  \tif name == "" {
  \t\treturn "hello"
  \t}
  \treturn fmt.Sprintf("hello %s", name)
  }
`;
export const greet = about('go', GREET);

export const MAIN = code`
  #include <iostream>

  int main() {
    std::cout << "ready" << std::endl;
    return 0;
  }
`;
export const main = about('cpp', MAIN);

export const PARSE = code`
  fn parse(text: &str) -> i32 {
      let trimmed = text.trim();
      trimmed.parse().unwrap()
  }
`;
export const parse = about('rust', PARSE);

export const NAV = code`
  <nav>
    <ul>
      <li><a href="/">Home</a></li>
      <li><a href="/news">News</a></li>
    </ul>
  </nav>
`;
export const nav = about('html', NAV);

export const THEME = code`
  .button {
    color: black;
    padding: 4px;
  }

  .button:hover {
    color: blue;
  }

  .link {
    color: green;
  }
`;
export const theme = about('css', THEME);

export const LIMITS = code`
  {
    "name": "demo",
    "retries": 3,
    "timeout": 30
  }
`;
export const limits = about('json', LIMITS);

export const COMPOSE = code`
  services:
    web:
      image: nginx
      ports:
        - "80:80"
  volumes:
    data: {}
`;
export const compose = about('yaml', COMPOSE);

export const BACKUP = code`
  #!/bin/sh
  set -e

  for file in "$@"; do
    cp "$file" /backup
  done
  echo done
`;
export const backup = about('shellscript', BACKUP);

export const NOTES = code`
  # Install

  Run this:

  \`\`\`sh
  npm install
  \`\`\`

  # Use

  Open the sidebar.
`;
export const notes = about('markdown', NOTES);
