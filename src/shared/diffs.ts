import { cutText } from './cut-text.ts';

/** Files that tools write: what changes in them says nothing that the others do not say. */
const GENERATED =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|[\w.-]+\.lock|go\.sum|[\w.-]+\.min\.(?:js|css)|[\w.-]+\.map)$/;

const FILE = /^diff --git .*$/gm;

/**
 * A diff in the unified format of Git, short enough for a prompt. Every file that changes stays named; what tools write, and
 * what is left of long files when all have had the same share, is left out with a note.
 *
 * @param longest UTF-16 units, notes and names not counted.
 */
export function clippedDiff(diff: string, longest: number): string {
  const files = filesIn(diff);
  const wished = files.map((file) => (isGenerated(file) ? 0 : file.length));
  const share = fairShare(wished, longest);
  return files.map((file, at) => clipped(file, Math.min(wished[at] ?? 0, share))).join('');
}

/**
 * A file that is new, in the same format: Git itself shows none before it is staged.
 *
 * @param text what it holds; `undefined` for what is no text.
 */
export function newFileDiff(path: string, text: string | undefined): string {
  const header = `diff --git a/${path} b/${path}\nnew file mode 100644\n`;
  if (text === undefined) return `${header}Binary files /dev/null and b/${path} differ\n`;
  if (text === '') return header;
  const lines = text.split('\n');
  const isEnded = lines.at(-1) === '';
  if (isEnded) lines.pop();
  const added = lines.map((line) => `+${line}\n`).join('');
  const end = isEnded ? '' : '\\ No newline at end of file\n';
  return `${header}--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,${lines.length} @@\n${added}${end}`;
}

function filesIn(diff: string): readonly string[] {
  const starts = [...diff.matchAll(FILE)].map(({ index }) => index);
  if (starts[0] !== 0) starts.unshift(0);
  return starts.map((start, at) => diff.slice(start, starts[at + 1])).filter((file) => file.trim() !== '');
}

function isGenerated(file: string): boolean {
  const [, path = ''] = /^diff --git .* "?b\/(.*?)"?$/m.exec(file) ?? [];
  return GENERATED.test(path);
}

/** The largest length that every file may have so that all of them fit; short ones leave more to the others. */
function fairShare(lengths: readonly number[], longest: number): number {
  let [left, files] = [longest, lengths.length];
  for (const length of lengths.toSorted((one, other) => one - other)) {
    if (length * files > left) return Math.floor(left / files);
    left -= length;
    files -= 1;
  }
  return Infinity;
}

function clipped(file: string, longest: number): string {
  if (file.length <= longest) return file;
  const header = /^[^\n]*\n?/.exec(file)?.[0] ?? '';
  const kept = longest > header.length ? cutText(file, longest).text : header;
  const left = file.slice(kept.length).split('\n').filter(Boolean).length;
  return `${kept}${kept.endsWith('\n') ? '' : '\n'}[${left} more lines are left out]\n`;
}
