import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { withRecalled } from '../../../src/engine/recall/recall-block.ts';
import type { RecalledPassage } from '../../../src/shared/protocol/turn.ts';

const passage = (text: string, role: RecalledPassage['role'] = 'answer'): RecalledPassage => ({
  turnId: 1,
  createdAt: new Date(2026, 0, 9, 4, 5).getTime(),
  role,
  text,
});

afterEach(() => vi.useRealTimers());

describe('a message with what is recalled', () => {
  it('is the message where there is nothing', () => {
    expect(withRecalled('Hello', [])).toBe('Hello');
  });

  it('begins with the words of the user, and says whose the quotes are', () => {
    const told = withRecalled('Which port?', [passage('On 5671.'), passage('It is TLS.', 'message')]);
    expect(told).toMatch(/^Which port\?\n\nQuoted .*:\nYou said on .*:\n> On 5671\.\nI said on .*:\n> It is TLS\.$/);
  });

  it('says on which day it was said, and the same a week later', () => {
    vi.useFakeTimers({ now: new Date(2026, 0, 9, 5) });
    const told = withRecalled('Which port?', [passage('On 5671.')]);
    expect(told).toContain('You said on 2026-01-09 04:05:');
    vi.setSystemTime(new Date(2026, 0, 16, 5));
    expect(withRecalled('Which port?', [passage('On 5671.')])).toBe(told);
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
