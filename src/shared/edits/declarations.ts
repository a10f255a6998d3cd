import { blocksOf, childrenOf } from './code-blocks.ts';
import { isBlank } from './indent.ts';
import type { LineRange } from './locate.ts';

/** Something in a file that has a name. */
export interface Declaration {
  readonly name: string;
  readonly range: LineRange;
}

const KEYWORD =
  /^\s*(?:(?:export|default|declare|async|public|private|protected|internal|static|abstract|final|override|open|sealed|partial|unsafe|pub(?:\([^)]*\))?|inline|virtual|readonly|data|extern)\s+)*(?:function\*?|class|interface|enum|struct|trait|namespace|module|type|def|fn|func|fun|object|record|protocol|macro_rules!|const|let|var|val)\s+(?:mut\s+|enum\s+|class\s+|\([^)]*\)\s*)?([\w$]+)/;
const IMPLEMENTATION = /^\s*(?:unsafe\s+)?impl\b\s*(?:<[^>]*>\s*)?(.+?)\s*\{?\s*$/;
const METHOD =
  /^\s*(?:(?:export|public|private|protected|internal|static|async|override|abstract|final|virtual|inline|synchronized|get|set)\s+)*(?:[\w$<>[\],.:*&?]+\s+[*&]*)?(?:\w+::)*([#~\w$]+)\s*(?:<[^>]*>)?\([^;]*$/;
const NO_METHOD = /^(?:if|for|foreach|while|switch|catch|return|else|with|elif|match|when|until|unless|using|lock|do|try|await|new|throw)$/;

/** The name that a line declares; `undefined` when it declares none. */
export function declaredName(line: string): string | undefined {
  const keyword = KEYWORD.exec(line)?.[1] ?? IMPLEMENTATION.exec(line)?.[1];
  if (keyword !== undefined) return keyword;
  const [, method] = /[{:(,=>]\s*$|\)\s*(?:throws .*|const|noexcept)?$/.test(line) ? (METHOD.exec(line) ?? []) : [];
  const isWord =
    method !== undefined &&
    !NO_METHOD.test(method) &&
    !line
      .trim()
      .split(/\s/)
      .some((word) => NO_METHOD.test(word));
  return isWord ? method : undefined;
}

/** Goes on with what the block above it has begun: `): void {`, `} else {`, `except`. */
const CONTINUATION = /^\s*(?:[)\]}]|(?:else|elif|catch|except|finally|rescue|ensure)\b)/;

/** What lines declare, found by their indentation, at any depth: the names, or where a block has none, how it begins. */
export function declarationsIn(lines: readonly string[], language: string): readonly Declaration[] {
  const within = (blocks: readonly LineRange[]): readonly Declaration[] =>
    blocks.flatMap((range) => [{ name: nameOf(lines[range.start] ?? ''), range }, ...within(membersOf(lines, range, language))]);
  return within(wholeBlocksOf(lines, language));
}

/** The blocks of lines, each with its head where that takes several lines, and with its further branches. */
export function wholeBlocksOf(lines: readonly string[], language: string): readonly LineRange[] {
  return joined(lines, blocksOf(lines, language));
}

/** The blocks inside a block, as whole as that. */
export function membersOf(lines: readonly string[], { start, end }: LineRange, language: string): readonly LineRange[] {
  const brace = isBrace(lines[start + 1]) ? start + 1 : start;
  return joined(lines, childrenOf(lines, { start: brace, end }, language));
}

function joined(lines: readonly string[], blocks: readonly LineRange[]): readonly LineRange[] {
  const whole: LineRange[] = [];
  for (const { start, end } of blocks) {
    const former = whole.at(-1);
    const head = lines[start] ?? '';
    if (former?.end === start && CONTINUATION.test(head)) whole.splice(-1, 1, { start: former.start, end });
    else if (isBrace(head) && start > (former?.end ?? 0) && !isBlank(lines[start - 1] ?? '')) whole.push({ start: start - 1, end });
    else whole.push({ start, end });
  }
  return whole;
}

function isBrace(line: string | undefined): boolean {
  return line?.trim() === '{';
}

/** What a block is called: the name it declares, or else its first line, without the space around it. */
export function nameOf(head: string): string {
  return declaredName(head) ?? head.trim();
}

/** The lines of a text that declare something and are indented as little as any, by their names. */
export function singleLinesNamed(lines: readonly string[], { start, end }: LineRange, name: string): readonly number[] {
  const at = Array.from({ length: end - start }, (_, nth) => start + nth);
  return at.filter((line) => !isBlank(lines[line] ?? '') && declaredName(lines[line] ?? '') === name);
}
