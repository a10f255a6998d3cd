import type { EditTarget } from '../../shared/edits/edit-target.ts';
import type { LineRange } from '../../shared/edits/locate.ts';
import { fenced } from '../../shared/fence.ts';
import { excerptPassage } from '../context/passages.ts';
import type { PromptValues } from '../prompts/prompts.ts';

/** Lines before and behind the part that is to be changed which the model is shown. */
const LINES_BEFORE = 30;
const LINES_BEHIND = 15;

/** Of more lines than these, only what changes is to be written. */
const LONG = 60;

/** Stands for the part that is to be changed among what stands around it. */
const GAP = '…';

/** What the model is told when it is to change a part of a document, or all of it. */
export function editPrompt(path: string, { lines, range, language }: EditTarget, instruction: string): PromptValues['edit'] {
  const text = lines.slice(range.start, range.end).join('\n');
  const around = surroundings(lines, range);
  return {
    instruction,
    // Too long a passage is refused by the engine: one that was cut would come back cut.
    passage: excerptPassage({ path, languageId: language, text, firstLine: range.start + 1 }, undefined),
    hasSurroundings: around !== undefined,
    surroundings: around === undefined ? '' : fenced(around, language),
    isLong: range.end - range.start > LONG,
  };
}

function surroundings(lines: readonly string[], { start, end }: LineRange): string | undefined {
  const before = lines.slice(Math.max(0, start - LINES_BEFORE), start);
  const behind = lines.slice(end, end + LINES_BEHIND);
  const isEmpty = [...before, ...behind].every((line) => line.trim() === '');
  return isEmpty ? undefined : [...before, GAP, ...behind].join('\n');
}
