import { describe, expect, it } from 'vitest';
import { messagesOf } from '../../../src/bench/messages.ts';

const words = (text: string): number => text.split(' ').length;

describe('the messages of a measured conversation', () => {
  it.each([3, 12, 60])('have the same size (%d words)', (size) => {
    expect(messagesOf(30, size, words).map(words)).toEqual(Array.from({ length: 30 }, () => size));
  });

  it('are the same in every run', () => {
    expect(messagesOf(20, 12, words)).toEqual(messagesOf(20, 12, words));
  });

  it('do not repeat from one turn to the next', () => {
    const messages = messagesOf(10, 12, words);
    expect(new Set(messages).size).toBe(messages.length);
  });
});
