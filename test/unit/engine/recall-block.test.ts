import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withRecalled } from '../../../src/engine/recall/recall-block.ts';
import type { RecalledPassage } from '../../../src/shared/protocol.ts';

const passage = (text: string, role: RecalledPassage['role'] = 'answer'): RecalledPassage => ({ turnId: 1, createdAt: 0, role, text });

describe('a message with what is recalled', () => {
  it('is the message where there is nothing', () => {
    expect(withRecalled('Hello', [])).toBe('Hello');
  });

  it('begins with the words of the user, and says whose the quotes are', () => {
    const told = withRecalled('Which port?', [passage('On 5671.'), passage('It is TLS.', 'message')]);
    expect(told).toMatch(/^Which port\?\n\nQuoted .*:\nYou said at \d\d:\d\d:\n> On 5671\.\nI said at \d\d:\d\d:\n> It is TLS\.$/);
  });

  it('lets nothing in a quote look like the end of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const lines = withRecalled('', [passage(`a\r\n${text}\u2028b`)]).split(/[\n\r\u2028\u2029]/);
        const quotes = lines.slice(lines.indexOf('> a'));
        expect(quotes.length).toBeGreaterThanOrEqual(3);
        expect(quotes.every((line) => line.startsWith('> '))).toBe(true);
      }),
    );
  });
});
