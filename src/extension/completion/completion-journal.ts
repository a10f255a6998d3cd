import type { Suggested } from '../../shared/completion/suggester.ts';
import type { CompletionResult } from '../../shared/protocol/completion.ts';
import type { Refusal } from './completion-rules.ts';

/** What became of a wish for a completion: an answer of the engine, or why none was asked for. */
export type Decision = Suggested['decision'] | Refusal | 'inside-word';

export interface JournalEntry {
  readonly path: string;
  /** From 1, as editors count. */
  readonly line: number;
  readonly column: number;
  readonly decision: Decision;
  /** From the editor's question to the decision. */
  readonly ms: number;
  readonly stats?: CompletionResult['stats'];
}

const MOST = 50;

/** The decisions of late, for who wonders why there is no completion. For the log, so in English. */
export class CompletionJournal {
  #entries: readonly JournalEntry[] = [];

  add(entry: JournalEntry): void {
    this.#entries = [...this.#entries, entry].slice(-MOST);
  }

  /** The decisions in a file, newest last; those at the line are marked. */
  lines(path: string, line: number): readonly string[] {
    const here = this.#entries.filter((entry) => entry.path === path);
    if (here.length === 0) return [`No completion has been asked for in ${path} lately.`];
    return here.map(
      (entry) => `${entry.line === line ? '→' : ' '} ${entry.line}:${entry.column} ${meaningOf(entry.decision)}${figures(entry)}`,
    );
  }
}

export function meaningOf(decision: Decision): string {
  return MEANING[decision];
}

function figures({ ms, stats }: JournalEntry): string {
  if (!stats) return ` (after ${ms.toFixed(1)} ms)`;
  const { reused, evaluated, generated, firstTokenMs, totalMs } = stats;
  const model = `${reused} tokens known, ${evaluated} read, ${generated} written, first after ${Math.round(firstTokenMs)} ms, all after ${Math.round(totalMs)} ms`;
  return ` (after ${ms.toFixed(1)} ms; the model: ${model})`;
}

const MEANING: Readonly<Record<Decision, string>> = {
  suggested: 'suggested',
  silent: 'the model had nothing to add',
  discarded: 'what the model wrote was not worth suggesting: it repeated what is there, or itself',
  superseded: 'a newer request took its place',
  'no-infill': 'the model was not made to complete code: it has no tokens for holes',
  'no-rewind': 'the model cannot go back in its text: every key would make it read everything again',
  'other-model': 'the chat has another model in memory; completions go on with its next message',
  freed: 'the model was unloaded; completions go on with the next message, or when one is asked for with a key',
  'inside-word': 'the cursor stands inside a word',
  'no-code': 'there is nothing to complete in such a document',
  paused: 'completions are paused',
  'no-model': 'no model is chosen',
  language: 'completions are off for this language (endless.completions.enabled)',
  excluded: 'the file must not be read (endless.completions.exclude)',
  known: 'suggested, as it was before',
  'known-nothing': 'nothing to suggest, as before',
  cancelled: 'the editor did not wait',
  'engine-failed': 'the engine did not answer',
};
