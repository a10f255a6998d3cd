import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import dart from 'highlight.js/lib/languages/dart';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import lua from 'highlight.js/lib/languages/lua';
import makefile from 'highlight.js/lib/languages/makefile';
import markdown from 'highlight.js/lib/languages/markdown';
import php from 'highlight.js/lib/languages/php';
import powershell from 'highlight.js/lib/languages/powershell';
import python from 'highlight.js/lib/languages/python';
import r from 'highlight.js/lib/languages/r';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import scala from 'highlight.js/lib/languages/scala';
import scss from 'highlight.js/lib/languages/scss';
import shell from 'highlight.js/lib/languages/shell';
import sql from 'highlight.js/lib/languages/sql';
import swift from 'highlight.js/lib/languages/swift';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

const GRAMMARS = {
  ...{ bash, c, cpp, csharp, css, dart, diff, dockerfile, go, ini, java, javascript, json, kotlin, lua, makefile, markdown },
  ...{ php, powershell, python, r, ruby, rust, scala, scss, shell, sql, swift, typescript, xml, yaml },
};
for (const [name, grammar] of Object.entries(GRAMMARS)) hljs.registerLanguage(name, grammar);
hljs.configure({ classPrefix: '' });

/** Names that models use and the highlighter does not know, beside those that it does. */
const ALIASES: Readonly<Record<string, keyof typeof GRAMMARS>> = {
  javascriptreact: 'javascript',
  typescriptreact: 'typescript',
  shellscript: 'bash',
  jsonl: 'json',
  less: 'scss',
  vue: 'xml',
  svelte: 'xml',
  sqlite: 'sql',
  postgresql: 'sql',
  mysql: 'sql',
  objc: 'c',
};

/**
 * Code as escaped text with a span for each of its parts.
 *
 * @param language as a model names it behind a fence.
 * @returns nothing for a language that is not known.
 */
export function highlightMarkup(code: string, language: string): string | undefined {
  const name = language.toLowerCase();
  const known = Object.hasOwn(ALIASES, name) ? ALIASES[name] : name;
  if (known === undefined || !hljs.getLanguage(known)) return undefined;
  return hljs.highlight(code, { language: known, ignoreIllegals: true }).value;
}
