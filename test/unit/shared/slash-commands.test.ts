import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EDITOR_COMMANDS, isComplete, readSlash, SLASH_COMMANDS } from '../../../src/shared/slash-commands.ts';

const read = (text: string): readonly [string, string] | undefined => {
  const line = readSlash(text);
  return line && [line.command.name, line.words];
};

test('a command is its name, with the words behind it', () => {
  expect(read('/fix')).toEqual(['fix', '']);
  expect(read('/fix  the\nempty list ')).toEqual(['fix', 'the\nempty list']);
});

test.each(['fix', ' /fix', '/fixed', '/usr/bin', '/', 'see /fix', '/Fix'])('%s is a message', (text) => {
  expect(readSlash(text)).toBeUndefined();
});

test('some commands need words, and some take none', () => {
  const complete = (text: string): boolean => isComplete(readSlash(text)!);
  expect(['/recall port', '/recall', '/help', '/help me', '/doc', '/doc briefly'].map(complete)).toEqual([
    ...[true, false],
    ...[true, false],
    ...[true, true],
  ]);
});

test('what they run is there, and every one has a name of its own', () => {
  const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as { contributes: { commands: { command: string }[] } };
  const ids = contributes.commands.map(({ command }) => command);
  expect(EDITOR_COMMANDS.filter((command) => !ids.includes(command))).toEqual([]);
  expect(new Set(SLASH_COMMANDS.map(({ name }) => name)).size).toBe(SLASH_COMMANDS.length);
});
