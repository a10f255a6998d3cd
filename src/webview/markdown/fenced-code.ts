import type { Token, Tokens } from 'marked';
import { readFenceInfo } from '../../shared/code/fence-info.ts';

/** A block of code as it stands in Markdown. */
export interface FencedCode {
  readonly code: string;
  readonly language: string;
  /** What stands behind its fence. */
  readonly info: string;
  /** Whether nothing more can come into it. */
  readonly closed: boolean;
}

export function isCode(token: Token): token is Tokens.Code {
  return token.type === 'code';
}

/** @param isSettled whether what follows the block is known already. */
export function codeOf({ text, lang = '', raw }: Tokens.Code, isSettled: boolean): FencedCode {
  const info = lang.trim();
  return { code: text, language: readFenceInfo(info).language, info, closed: isSettled || endsWithFence(raw) };
}

function endsWithFence(raw: string): boolean {
  const [, fence] = /^ {0,3}(`{3,}|~{3,})/.exec(raw) ?? [];
  const last = raw.trimEnd().split('\n').slice(1).at(-1)?.trim();
  return fence !== undefined && last !== undefined && last.startsWith(fence) && /^(?:`+|~+)$/.test(last);
}
