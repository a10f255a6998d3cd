import { parseAnswer } from './answer-parser.ts';
import { blockReplacements } from './block-edit.ts';
import type { EditRefusal, EditTarget, Replacement } from './edit-target.ts';
import { withReplacements } from './replacements.ts';
import { wholeReplacements } from './whole-edit.ts';

export type EditOutcome =
  { readonly kind: 'edited'; readonly lines: readonly string[] } | { readonly kind: 'refused'; readonly reason: EditRefusal };

/**
 * Turns a model's answer into the changed document. What is not clear is refused: a wrong edit costs more than none.
 *
 * @returns all lines of the document; those that the answer means to keep are as they were, to the last character.
 */
export function editFromAnswer(target: EditTarget, answer: string): EditOutcome {
  const parsed = parseAnswer(answer, target.language);
  if (parsed.kind === 'unclear') return refused(parsed.reason);
  const replacements = parsed.kind === 'blocks' ? blockReplacements(target, parsed.blocks) : wholeReplacements(target, parsed.lines);
  if (typeof replacements === 'string') return refused(replacements);
  const lines = applied(target.lines, replacements);
  const isSame = lines.length === target.lines.length && lines.every((line, at) => line === target.lines[at]);
  return isSame ? refused('unchanged') : { kind: 'edited', lines };
}

function refused(reason: EditRefusal): EditOutcome {
  return { kind: 'refused', reason };
}

/** A document that ended with a line end still does. */
function applied(former: readonly string[], replacements: readonly Replacement[]): readonly string[] {
  const lines = withReplacements(former, replacements);
  const endsOpen = former.length > 1 && former.at(-1) === '' && lines.at(-1) !== '';
  return endsOpen ? [...lines, ''] : lines;
}
