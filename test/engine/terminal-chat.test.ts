import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram, type Ended } from './bench/run-program.ts';

const WINDOW = 128;
const PREDICTABLE = ['--window', String(WINDOW), '--temperature', '0', '--max-tokens', '16', '--threads', '1', '--cpu'];

const chat = (lines: readonly string[], ...args: readonly string[]): Promise<Ended> =>
  runProgram('src/terminal/chat.ts', [...PREDICTABLE, ...args], lines.map((line) => `${line}\n`).join(''));

/** The figures of `/stats`, by the first word of their line. */
function statistics(stdout: string): ReadonlyMap<string, number> {
  const lines = [...stdout.matchAll(/^(cache|appended|decoded|evictions)\s+(\d+)/gm)];
  return new Map(lines.map(([, name = '', value]) => [name, Number(value)]));
}

describe('the chat in a terminal', () => {
  it('answers message after message, and ends with /quit', async () => {
    const { code, stdout, stderr } = await chat(['Write a function.', 'Write a test.', '/quit', 'Never read.']);
    expect(code).toBe(0);
    expect(stdout.trim().length).toBeGreaterThan(20);
    expect(stderr).toContain(`window ${String(WINDOW)} tokens`);
    // One prompt at the start and one after each of the two answers.
    expect(stderr.split('> ').length - 1).toBe(3);
  });

  it('ends with its input, too', async () => {
    const { code } = await chat(['Write a function.']);
    expect(code).toBe(0);
  });

  it('remembers within a conversation: the same message is not answered from the same cache', async () => {
    const { stdout } = await chat(['Write a function.', '/stats', 'Write a function.', '/stats']);
    const appended = [...stdout.matchAll(/^appended\s+(\d+)/gm)].map(([, tokens]) => Number(tokens));
    expect(appended).toHaveLength(2);
    expect(appended[1]).toBeGreaterThan(appended[0]!);
  });

  it('goes on for more than ten windows and decodes every token once', async () => {
    const messages = Array.from({ length: 60 }, (_, at) => `What does function number ${String(at)} do with its list of items?`);
    const { code, stdout } = await chat([...messages, '/stats', '/quit']);
    const figures = statistics(stdout);
    expect(code).toBe(0);
    expect(figures.get('appended')).toBeGreaterThan(10 * WINDOW);
    expect(figures.get('decoded')).toBe(figures.get('appended'));
    expect(figures.get('evictions')).toBeGreaterThan(10);
    expect(figures.get('cache')).toBeLessThanOrEqual(WINDOW);
  });

  it('says that a message is too long, and goes on', async () => {
    const { code, stdout, stderr } = await chat(['word '.repeat(400), 'Write a function.', '/stats']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/The message has \d+ tokens and the window holds \d+/);
    expect(statistics(stdout).get('appended')).toBeGreaterThan(20);
  });

  it('explains itself', async () => {
    const { code, stdout } = await chat([], '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--model FILE');
  });

  it('refuses an option it does not know', async () => {
    const { code, stderr } = await chat([], '--colour', 'red');
    expect(code).toBe(1);
    expect(stderr).toContain('--colour');
  });
});

describe('a file that is no model', () => {
  const folder = mkdtempSync(join(tmpdir(), 'endless-'));
  const file = join(folder, 'notes.gguf');
  beforeAll(() => writeFileSync(file, 'These are notes.'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is refused with a sentence', async () => {
    const { code, stderr } = await chat(['Hello'], '--model', file);
    expect(code).toBe(1);
    expect(stderr).toContain('notes.gguf is not a GGUF file.');
  });

  it('is missed with a sentence', async () => {
    const { code, stderr } = await chat(['Hello'], '--model', join(folder, 'gone.gguf'));
    expect(code).toBe(1);
    expect(stderr).toContain('gone.gguf is not there any more.');
  });
});
