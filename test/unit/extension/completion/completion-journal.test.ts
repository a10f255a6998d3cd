import { describe, expect, it } from 'vitest';
import { CompletionJournal } from '../../../../src/extension/completion/completion-journal.ts';

const stats = { reused: 400, evaluated: 3, generated: 9, frameKept: true, firstTokenMs: 31.4, totalMs: 80.2 };

describe('why there is no completion', () => {
  it('is told of the file at hand, the line marked', () => {
    const journal = new CompletionJournal();
    journal.add({ path: 'a.ts', line: 3, column: 7, decision: 'discarded', stats });
    journal.add({ path: 'b.ts', line: 3, column: 1, decision: 'suggested' });
    journal.add({ path: 'a.ts', line: 4, column: 1, decision: 'paused' });
    expect(journal.lines('a.ts', 3)).toEqual([
      '→ 3:7 what the model wrote was not worth suggesting: it repeated what is there, or itself' +
        ' (400 tokens known, 3 read, 9 written, first after 31 ms, all after 80 ms)',
      '  4:1 completions are paused',
    ]);
  });

  it('is that nobody asked', () => {
    expect(new CompletionJournal().lines('a.ts', 1)).toEqual(['No completion has been asked for in a.ts lately.']);
  });

  it('is not remembered for ever', () => {
    const journal = new CompletionJournal();
    for (let line = 1; line <= 80; line++) journal.add({ path: 'a.ts', line, column: 1, decision: 'silent' });
    expect(journal.lines('a.ts', 1)).toHaveLength(50);
  });
});
