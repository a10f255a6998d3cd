import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { UsageError } from '../options.ts';

const question = v.pipe(
  v.object({
    question: v.pipe(v.string(), v.nonEmpty()),
    choices: v.pipe(v.array(v.pipe(v.string(), v.nonEmpty())), v.minLength(2), v.readonly()),
    /** Place of the right one among the choices, from 0. */
    answer: v.pipe(v.number(), v.integer(), v.minValue(0)),
  }),
  v.check(({ choices, answer }) => answer < choices.length, 'there is no such choice'),
  v.readonly(),
);

export type Question = v.InferOutput<typeof question>;

/**
 * Reads questions with choices, one JSON object a line; without a path, those that come with the program.
 *
 * @throws UsageError when the file cannot be read or a line is no question.
 */
export function readQuestions(path: string): readonly Question[] {
  const lines = textOf(path || join(import.meta.dirname, 'questions.jsonl')).split('\n');
  const questions = lines.flatMap((line, at) => (line.trim() ? [parse(line, at + 1)] : []));
  if (questions.length === 0) throw new UsageError(`There are no questions in ${path}.`);
  return questions;
}

function parse(line: string, number: number): Question {
  try {
    return v.parse(question, JSON.parse(line));
  } catch (error) {
    throw new UsageError(`Line ${number} is no question: ${message(error)}`, { cause: error });
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${message(error)}`, { cause: error });
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
