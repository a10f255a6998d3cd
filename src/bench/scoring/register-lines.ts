import { createHash } from 'node:crypto';

/** Lines between two queries. */
export const LINES_PER_QUERY = 10;

const LARGEST_CONTENT = 50_000;

/** The number in a line: always the same for the same line, and like none that a model could guess. */
export function registerContent(line: number): number {
  return createHash('sha256').update(`register of line ${line}`).digest().readUInt32BE() % LARGEST_CONTENT;
}

/** A line of StreamEval (Xiao et al. 2024, section 4.3), which goes back to LongEval. */
export function registerLine(line: number): string {
  return `The REGISTER_CONTENT in line ${line} is <${registerContent(line)}>\n`;
}

/** Asks for a line in a way that a model without instruction tuning can continue, too. */
export function registerQuery(line: number): string {
  return `What is the REGISTER_CONTENT in line ${line}? The REGISTER_CONTENT in line ${line} is`;
}

/** Whether an answer has the whole of the number and nothing before it. */
export function answersRegister(answer: string, line: number): boolean {
  return /^\s*<(\d+)>/.exec(answer)?.[1] === String(registerContent(line));
}

/** Whether there is nothing more to wait for in an answer. */
export function isAnswered(answer: string): boolean {
  return /[>\n]/.test(answer);
}
