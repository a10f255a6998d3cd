import type { Token } from 'node-llama-cpp';
import { describe, expect, it } from 'vitest';
import { TokenDecoder } from '../../../src/engine/conversation/token-decoder.ts';

/** A tokenizer of single bytes: the hardest case for characters that are split. */
const bytes = (text: string): readonly Token[] => [...Buffer.from(text)].map((byte) => byte as Token);
const detokenize = (tokens: readonly Token[]): string => Buffer.from(tokens).toString('utf8');

describe('the token decoder', () => {
  it('gives text as it comes', () => {
    const decoder = new TokenDecoder(detokenize);
    expect(bytes('abc').map((token) => decoder.push(token))).toEqual(['a', 'b', 'c']);
  });

  it('holds a split character back until it is whole', () => {
    const decoder = new TokenDecoder(detokenize);
    expect(bytes('é🙂!').map((token) => decoder.push(token))).toEqual(['', 'é', '', '', '', '🙂', '!']);
  });

  it('gives out a broken character rather than holding everything back', () => {
    const decoder = new TokenDecoder(detokenize);
    const broken = [0xf0, 0x41, 0x42, 0x43].map((byte) => byte as Token);
    expect(broken.map((token) => decoder.push(token)).join('')).toBe('\uFFFDABC');
  });

  it('gives out at the end what it held back', () => {
    const decoder = new TokenDecoder(detokenize);
    decoder.push(0xc3 as Token);
    expect(decoder.end()).toBe('\uFFFD');
    expect(decoder.end()).toBe('');
  });
});
