import { applyPatch, type StructuredPatch, type StructuredPatchHunk } from 'diff';
import { isBlank } from './indent.ts';
import { essenceOf } from './likeness.ts';

/** Why a diff is not applied: it has no hunk; it changes several files of which none is the one; its lines stand elsewhere, or at several places. */
export type DiffRefusal = 'no-code' | 'several-files' | 'misfit' | 'ambiguous';

/** Lines of context around a hunk that may be others than the diff says. */
const FUZZ = 2;

const HUNK = /^@@+ ?(?:-(\d+)(?:,\d+)? \+\d+(?:,\d+)? ?)?(?:@@.*|\.\.\..*|)$/;
const FILE = /^(?:--- .|diff --git |Index: )/;

/** Whether code is the difference between two texts in the unified format. */
export function isUnifiedDiff(lines: readonly string[], language: string): boolean {
  if (lines.some((line) => HUNK.test(line))) return true;
  return /^(?:diff|patch)$/i.test(language) && lines.some((line) => /^[+-]/.test(line));
}

/**
 * Applies a diff as models write it: their counts and line numbers are seldom right, so a hunk goes where its lines stand, if
 * that is one place only, or the place that it names.
 *
 * @param path of the file, by which its part of the diff is found.
 * @returns all lines of the file.
 */
export function applyDiff(former: readonly string[], diff: readonly string[], path: string): readonly string[] | DiffRefusal {
  const files = filesIn(diff).filter(({ hunks }) => hunks.length > 0);
  const [file, other] = files.length > 1 ? files.filter(({ name }) => name !== '' && isSamePath(name, path)) : files;
  if (!file) return files.length > 1 ? 'several-files' : 'no-code';
  if (other) return 'ambiguous';
  if (file.hunks.some((hunk) => isAmbiguous(former, hunk))) return 'ambiguous';
  const compareLine = (_number: number, line: string | undefined, _operation: string, content: string): boolean =>
    line !== undefined && essenceOf(line, 'characters') === essenceOf(content, 'characters');
  const patch: StructuredPatch = {
    ...{ oldFileName: path, newFileName: path, oldHeader: undefined, newHeader: undefined },
    hunks: [...file.hunks],
  };
  const text = applyPatch(former.join('\n'), patch, { fuzzFactor: FUZZ, compareLine, autoConvertLineEndings: false });
  return text === false ? 'misfit' : text.split('\n');
}

/** What a file holds once a diff has been applied, as far as the diff shows it: all of it, for one that is new. */
export function resultOf(diff: readonly string[]): readonly string[] {
  const [file] = filesIn(diff).filter(({ hunks }) => hunks.length > 0);
  return (file?.hunks ?? []).flatMap(({ lines }) => lines.filter((line) => /^[+ ]/.test(line)).map((line) => line.slice(1)));
}

interface FileDiff {
  name: string;
  readonly hunks: StructuredPatchHunk[];
}

/** Every line behind the head of a file or a hunk belongs to it; what lost its first column in a model is context. */
function filesIn(diff: readonly string[]): readonly FileDiff[] {
  const files: FileDiff[] = [{ name: '', hunks: [] }];
  let open: StructuredPatchHunk | undefined;
  for (const [at, line] of diff.entries()) {
    const file = files.at(-1);
    if (FILE.test(line) && (!line.startsWith('--- ') || diff[at + 1]?.startsWith('+++ '))) {
      open = undefined;
      if (file && file.hunks.length > 0) files.push({ name: '', hunks: [] });
    } else if (file && line.startsWith('+++ ') && !open) {
      file.name = nameIn(line);
    } else if (HUNK.test(line)) {
      open = hunkAt(Number(HUNK.exec(line)?.[1] ?? 1));
      file?.hunks.push(open);
    } else if (open) {
      open.lines.push(/^[+\- \\]/.test(line) ? line : ` ${line}`);
    } else if (/^[+-]/.test(line)) {
      // No hunk has a head: all of it is one.
      open = hunkAt(1);
      open.lines.push(...diff.slice(0, at).map((above) => ` ${above.replace(/^ /, '')}`), line);
      file?.hunks.push(open);
    }
  }
  for (const hunk of files.flatMap(({ hunks }) => hunks)) count(hunk);
  return files;
}

function nameIn(line: string): string {
  const name = line.slice(4).split('\t')[0]?.trim() ?? '';
  return name.replace(/^"?[ab]\//, '').replace(/"$/, '');
}

function hunkAt(line: number): StructuredPatchHunk {
  return { oldStart: Math.max(1, line), oldLines: 0, newStart: Math.max(1, line), newLines: 0, lines: [] };
}

/** Blank lines at the end are those before the fence; then the counts are what they are, whatever the head said. */
function count(hunk: StructuredPatchHunk): void {
  while (isBlank(hunk.lines.at(-1) ?? 'x')) hunk.lines.pop();
  hunk.oldLines = hunk.lines.filter((line) => /^[- ]/.test(line)).length;
  hunk.newLines = hunk.lines.filter((line) => /^[+ ]/.test(line)).length;
}

/** Whether what a hunk is about stands at several places, none of them where it says. */
function isAmbiguous(former: readonly string[], { oldStart, lines }: StructuredPatchHunk): boolean {
  const sought = lines.filter((line) => /^[- ]/.test(line)).map((line) => essenceOf(line.slice(1), 'characters'));
  if (sought.length === 0) return false;
  const essences = former.map((line) => essenceOf(line, 'characters'));
  const isAt = (start: number): boolean => sought.every((line, at) => line === essences[start + at]);
  return !isAt(oldStart - 1) && [...former.keys()].filter(isAt).length > 1;
}

function isSamePath(one: string, other: string): boolean {
  return one === other || other.endsWith(`/${one}`) || one.endsWith(`/${other}`);
}
