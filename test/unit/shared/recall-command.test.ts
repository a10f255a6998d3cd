import { describe, expect, it } from 'vitest';
import { asTyped, readTyped } from '../../../src/shared/recall-command.ts';

describe('what is typed', () => {
  it.each([
    ['/recall the port', 'the port'],
    ['/recall\nthe port  ', 'the port'],
    ['/recall', ''],
  ])('asks for recall: %j', (text, message) => {
    expect(readTyped(text)).toEqual({ message, asksForRecall: true });
  });

  it.each(['the port', 'what does /recall do?', '/recalled', '/Recall it', '/explain this', ''])('is a message: %j', (text) => {
    expect(readTyped(text)).toEqual({ message: text });
  });

  it('is a message with a space before it', () => {
    expect(readTyped(' /recall the port ')).toEqual({ message: '/recall the port' });
  });

  it('is what it was when it comes back', () => {
    for (const text of ['/recall the port', 'the port', ' /recall is a command']) expect(asTyped(readTyped(text))).toBe(text);
  });
});
