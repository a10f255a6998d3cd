import { transpileModule, ScriptTarget } from 'typescript';

/** Whether the code parses as TypeScript: nothing is known of its names and types. */
export function parses(code: string): boolean {
  const { diagnostics = [] } = transpileModule(code, { reportDiagnostics: true, compilerOptions: { target: ScriptTarget.ESNext } });
  return diagnostics.length === 0;
}

/** Whether the code has come to the end of a block or a statement and parses as it stands. */
export function isWhole(code: string): boolean {
  return /[};]$/.test(code) && parses(code);
}

/** The code of the first fence of an answer. */
export function fencedCode(answer: string): string | undefined {
  return /```\w*\n([\s\S]*?)\n```/.exec(answer)?.[1];
}

/** The names of the functions that a text declares, each once. */
export function functionNames(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\bfunction (\w+)\(/g)].flatMap(([, name]) => name ?? []))];
}
