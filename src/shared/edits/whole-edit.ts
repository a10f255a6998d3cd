import { areSameHead, blocksOf, childrenOf, isContainer, isDeclaration } from './code-blocks.ts';
import { isElided, withoutLooseEnds, type EditRefusal, type EditTarget, type Replacement } from './edit-target.ts';
import { baseWidth, indentWidth, isBlank, reindent } from './indent.ts';
import { essenceOf } from './likeness.ts';
import { keepAlike } from './line-diff.ts';
import { withoutBlankEnds, type LineRange } from './locate.ts';

/** Lines for a part of the former ones. */
type Part = Replacement;

/** A comment, or what is written above a declaration. */
const ABOVE = /^\s*(?:\/\/|\/\*|\*|#|@|"""|--|<!--)/;

/** What a text changes that was written for the whole range, or for blocks of it. */
export function wholeReplacements(target: EditTarget, text: readonly string[]): readonly Replacement[] | EditRefusal {
  const former = target.lines.slice(target.range.start, target.range.end);
  const written = withoutBlankEnds(text);
  if (isElided(written, former)) return 'elided';
  if (beginsOutside(target, written)) return 'partial';
  const parts = partsMeant(former, written, target.language);
  if (typeof parts === 'string') return parts;
  return parts.map(({ range, lines }) => {
    const replaced = former.slice(range.start, range.end);
    const { start } = target.range;
    return { range: { start: start + range.start, end: start + range.end }, lines: fitted(replaced, lines, target) };
  });
}

/** Whether a text begins with what stands around the range: then it is meant for more than that. */
function beginsOutside({ lines, range }: EditTarget, [head]: readonly string[]): boolean {
  let width = baseWidth(lines.slice(range.start, range.end));
  for (let at = range.start - 1; at >= 0 && width > 0; at--) {
    const line = lines[at] ?? '';
    if (isBlank(line) || indentWidth(line) >= width) continue;
    if (areSameHead(head, line)) return true;
    width = indentWidth(line);
  }
  return false;
}

/**
 * What of the former lines a text is meant for. Nobody who leaves a function out of an answer wants it deleted: where several
 * blocks stood and not all are written, it is meant for those that are, if that is clear.
 */
function partsMeant(former: readonly string[], written: readonly string[], language: string): readonly Part[] | EditRefusal {
  const first = Math.max(
    0,
    former.findIndex((line) => !isBlank(line)),
  );
  const all = [{ range: { start: first, end: first + withoutBlankEnds(former).length }, lines: written }];
  const blocks = blocksOf(former, language);
  const [block, ...others] = blocks;
  if (!block) return all;
  const isWritten = ({ start }: LineRange): boolean => written.some((line) => areSameHead(line, former[start]));
  if (others.length > 0) {
    const heads = new Set(blocks.map(({ start }) => essenceOf(former[start] ?? '', 'indentation')));
    const isRewritten = (heads.size === blocks.length && blocks.every(isWritten)) || blocksOf(written, language).length >= blocks.length;
    if (isRewritten || isStatementOnly(former, blocks, written, language)) return all;
    return blocksMeant(former, blocks, written, language);
  }
  if (isWritten(block)) return leavesMembersOut(former, block, written, language) ? 'partial' : all;
  const members = childrenOf(former, block, language);
  if (members.some(isWritten)) return blocksMeant(former, members, written, language);
  return isDeclaration(former[block.start] ?? '') && !written.some(isDeclaration) ? 'partial' : all;
}

/** Whether several blocks of statements have become statements without any block. */
function isStatementOnly(former: readonly string[], blocks: readonly LineRange[], written: readonly string[], language: string): boolean {
  return (
    blocksOf(written, language).length === 0 && language !== 'markdown' && !blocks.some(({ start }) => isDeclaration(former[start] ?? ''))
  );
}

/** Whether a class or the like is written without some of its members. */
function leavesMembersOut(former: readonly string[], block: LineRange, written: readonly string[], language: string): boolean {
  if (!isContainer(former[block.start] ?? '')) return false;
  const members = childrenOf(former, block, language);
  const own = blocksOf(written, language).find(({ start }) => areSameHead(written[start], former[block.start]));
  const left = own ? childrenOf(written, own, language).length : 0;
  return left < members.length && members.some(({ start }) => !written.some((line) => areSameHead(line, former[start])));
}

/** Each of the written blocks for the one that begins alike; the lines above it that belong to it go with it. */
function blocksMeant(
  former: readonly string[],
  candidates: readonly LineRange[],
  written: readonly string[],
  language: string,
): readonly Part[] | EditRefusal {
  const parts: Part[] = [];
  let covered = 0;
  for (const own of blocksOf(written, language)) {
    const [meant, other] = candidates.filter(({ start }) => areSameHead(former[start], written[own.start]));
    if (other) return 'ambiguous';
    const lead = linesAbove(written, own.start);
    if (!meant || withoutBlankEnds(written.slice(covered, own.start - lead)).length > 0) return 'partial';
    const formerLead = lead > 0 ? linesAbove(former, meant.start) : 0;
    parts.push({ range: { start: meant.start - formerLead, end: meant.end }, lines: written.slice(own.start - lead, own.end) });
    covered = own.end;
  }
  const inOrder = parts.toSorted((one, other) => one.range.start - other.range.start);
  return parts.length === 0 || withoutBlankEnds(written.slice(covered)).length > 0 ? 'partial' : inOrder;
}

/** How many comments and the like stand right above a line. */
export function linesAbove(lines: readonly string[], line: number): number {
  const above = lines.slice(0, line).toReversed();
  const count = above.findIndex((text) => !ABOVE.test(text));
  return count < 0 ? above.length : count;
}

/** Lines in the indentation of what they replace, and as it was where they only look otherwise. */
export function fitted(former: readonly string[], written: readonly string[], target: EditTarget): readonly string[] {
  const source = withFirstLineIndented(written, former);
  const lines = keepAlike(
    former,
    withoutLooseEnds(reindent(source, { source, target: former, around: target.lines }), target),
    'line ends',
  );
  const plain = keepAlike(former, lines, 'characters');
  // Other quotes alone are what was asked for; beside another change they are how the model writes.
  const isMore = plain.length !== former.length || plain.some((line, at) => line !== former[at]);
  return isMore ? plain : lines;
}

/** Models leave out the indentation of the first line, which stands behind what the prompt ended with. */
function withFirstLineIndented(written: readonly string[], former: readonly string[]): readonly string[] {
  const [first = '', ...rest] = written;
  const base = baseWidth(former);
  const isBehind = indentWidth(first) === 0 && base > 0 && rest.some((line) => !isBlank(line)) && baseWidth(rest) === base;
  return isBehind ? [' '.repeat(base) + first, ...rest] : written;
}
