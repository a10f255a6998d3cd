import { Script } from 'node:vm';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';

const COMPILER_OPTIONS = { target: ScriptTarget.ESNext, module: ModuleKind.CommonJS };

/**
 * Whether the code parses as TypeScript, and as JavaScript without its types, which also refuses a name that is declared
 * twice. Nothing is known of what its names mean.
 */
export function parses(code: string): boolean {
  const { diagnostics = [], outputText } = transpileModule(code, { reportDiagnostics: true, compilerOptions: COMPILER_OPTIONS });
  return diagnostics.length === 0 && compiles(outputText);
}

function compiles(code: string): boolean {
  try {
    return new Script(code) instanceof Script;
  } catch {
    return false;
  }
}

/** Whether the code has come to the end of a block and parses as it stands. */
export function isWhole(code: string): boolean {
  return code.endsWith('}') && parses(code);
}

/** The code of the first fence of an answer. */
export function fencedCode(answer: string): string | undefined {
  return /```\w*\n([\s\S]*?)\n```/.exec(answer)?.[1];
}

/** The names of the functions that a text declares, each once. */
export function functionNames(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\bfunction (\w+)\(/g)].flatMap(([, name]) => name ?? []))];
}
