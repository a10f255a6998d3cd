import { readFenceInfo } from './fence-info.ts';
import { looksLikeFile, withoutLines } from './path-text.ts';

/** A block of code with what an answer says around it. */
export interface CodeInAnswer {
  readonly code: string;
  /** What stands behind the fence that opens it. */
  readonly info: string;
  /** The line of text right above it; empty when there is none. */
  readonly before: string;
}

/** A file that an answer names for some code. */
export interface PathMention {
  readonly path: string;
  /** Whether it can be nothing else; a word like `Node.js` in a sentence may be. */
  readonly isSure: boolean;
}

const DIFF_FILE = /^(?:\+\+\+|---) (?:"?[ab]\/)?([^"\t\r]+?)"?(?:\t.*)?\r?$/gm;
const COMMENT =
  /^\s*(?:\/\/+|#+|--|;+|%|\/\*+|<!--|\(\*|"""|''')\s*(?:(?:file|filename|path)\s*:\s*)?(\S+?)\s*(?:\([^)]*\)\s*)?(?:\*\/|-->|\*\)|"""|''')?\s*$/i;
/** Between words of a line: what marks them, and white space. */
const SEPARATORS = /[\s`*"'“”‘’()<>[\]|,;]+/;

/** The files that an answer names for a block of its code, the likeliest first, each once. */
export function pathMentions({ code, info, before }: CodeInAnswer): readonly PathMention[] {
  const { path } = readFenceInfo(info);
  const comment = pathInComment(code);
  const mentions: readonly PathMention[] = [
    ...(path === undefined ? [] : [sure(path)]),
    ...pathsInDiff(code).map(sure),
    ...pathsInLine(before),
    ...(comment === undefined ? [] : [sure(comment)]),
  ];
  return mentions.filter(({ path: one }, at) => mentions.findIndex((other) => other.path === one) === at);
}

/** The file that the first line of some code names in a comment, and nothing else. */
export function pathInComment(code: string): string | undefined {
  const [first = '', second = ''] = code.split('\n', 2);
  const [, word = ''] = COMMENT.exec(first.startsWith('#!') ? second : first) ?? [];
  return looksLikeFile(word) ? withoutLines(word) : undefined;
}

/** The files that a diff changes. */
export function pathsInDiff(code: string): readonly string[] {
  if (!/^@@ /m.test(code) && !/^--- .*\r?\n\+\+\+ /m.test(code)) return [];
  const paths = [...code.matchAll(DIFF_FILE)].map(([, path = '']) => path.trim());
  return [...new Set(paths.filter((path) => path !== '/dev/null' && looksLikeFile(path)))];
}

/** What is named last stands nearest to the code. A bare name counts where it is marked, or ends the line. */
function pathsInLine(line: string): readonly PathMention[] {
  const words = line.split(SEPARATORS).map((word) => word.replace(/[:.!?]+$/, ''));
  return words
    .filter(looksLikeFile)
    .filter((word) => /[\\/]/.test(word) || isMarked(line, word))
    .map((word) => ({ path: withoutLines(word), isSure: /[\\/]/.test(word) }))
    .toReversed();
}

function isMarked(line: string, word: string): boolean {
  const at = line.lastIndexOf(word);
  return /[`*"'“‘]/.test(line.charAt(at - 1)) || /^[\s:.!?*`]*$/.test(line.slice(at + word.length));
}

function sure(path: string): PathMention {
  return { path, isSure: true };
}
