import { describe, expect, it } from 'vitest';
import { CompletionJournal } from '../../../../src/extension/completion/completion-journal.ts';

const stats = { reused: 400, evaluated: 3, generated: 9, frameKept: true, firstTokenMs: 31.4, totalMs: 80.2 };

describe('why there is no completion', () => {
  it('is told of the file at hand, the line marked', () => {
    const journal = new CompletionJournal();
    journal.add({ path: 'a.ts', line: 3, column: 7, decision: 'discarded', ms: 95.26, stats });
    journal.add({ path: 'b.ts', line: 3, column: 1, decision: 'suggested', ms: 80 });
    journal.add({ path: 'a.ts', line: 4, column: 1, decision: 'paused', ms: 0.04 });
    expect(journal.lines('a.ts', 3)).toEqual([
      '→ 3:7 what the model wrote was not worth suggesting: it repeated what is there, or itself' +
        ' (after 95.3 ms; the model: 400 tokens known, 3 read, 9 written, first after 31 ms, all after 80 ms)',
      '  4:1 completions are paused (after 0.0 ms)',
    ]);
  });

  it('is that nobody asked', () => {
    expect(new CompletionJournal().lines('a.ts', 1)).toEqual(['No completion has been asked for in a.ts lately.']);
  });

  it('is not remembered for ever', () => {
    const journal = new CompletionJournal();
    for (let line = 1; line <= 80; line++) journal.add({ path: 'a.ts', line, column: 1, decision: 'silent', ms: 1 });
    expect(journal.lines('a.ts', 1)).toHaveLength(50);
  });
});
