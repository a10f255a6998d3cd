import { hasKnownExtension } from './languages.ts';

/** Lines that are named behind a path: `:10`, `:10-20`, `#L10-L20`. */
const LINES = /(?::\d+(?:[-:]\d+)*|#L\d+(?:-L?\d+)?)$/;

/** Files of which everybody knows the name, though it has no extension. */
const WELL_KNOWN = /(?:^|[\\/])(?:Dockerfile|Makefile|Gemfile|Rakefile|Jenkinsfile|\.(?:gitignore|editorconfig|npmrc|env|dockerignore))$/;

/** A path without the lines that are named behind it. */
export function withoutLines(path: string): string {
  return path.replace(LINES, '');
}

/** Whether a word is the path or the name of a file, and nothing else that is written with slashes and dots. */
export function looksLikeFile(word: string): boolean {
  const path = withoutLines(word);
  if (/\s/.test(path) || path.includes('://') || path.length > 260) return false;
  if (WELL_KNOWN.test(path)) return true;
  return /[\\/]/.test(path) ? /[^\\/.]*\.[A-Za-z]\w{0,9}$/.test(path) : /^[\w.@$+-]+$/.test(path) && hasKnownExtension(path);
}
