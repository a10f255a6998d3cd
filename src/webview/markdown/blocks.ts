import { Lexer, type Token } from 'marked';
import { codeIn, fenceAfter, fenceOpenIn, type OpenFence } from './open-fence.ts';

/** A piece of Markdown that is drawn by itself. */
export type Block =
  | { readonly kind: 'prose'; readonly source: string }
  /** `closed`: whether its end has been written; an answer may also end without. */
  | { readonly kind: 'code'; readonly code: string; readonly language: string; readonly closed: boolean }
  /** Too long or too deep to be worth parsing; shown as it is. */
  | { readonly kind: 'plain'; readonly text: string };

/** An answer as far as it has come. */
export interface BlockedText {
  /** The blocks that no further text can change. */
  readonly settled: readonly Block[];
  /** Their source. */
  readonly settledSource: string;
  /** The block that is being written, with what trails it. */
  readonly open: readonly Block[];
  /** The fence that it is, if it is one without an end. */
  readonly fence: OpenFence | undefined;
}

export const NO_BLOCKS: BlockedText = { settled: [], settledSource: '', open: [], fence: undefined };

/** Longest paragraph, list or table that is parsed, and longest line, in UTF-16 units; nothing that people write comes near. */
const LONGEST_PROSE = 20_000;
/** Quotes and lists nested deeper than this in one line. */
const TOO_DEEP = /^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])[ \t])){20}/m;

/**
 * Splits an answer into blocks, going on from an earlier state of the same answer: only what follows the settled
 * blocks is read again, so that appending stays cheap however long the answer gets.
 *
 * In Markdown a further line can only change the last block (a paragraph becomes a heading, a list goes on after an
 * empty line), so every block but the last is settled.
 */
export function splitBlocks(previous: BlockedText, answer: string): BlockedText {
  const text = answer.replace(/\r\n?/g, '\n');
  const known = text.startsWith(previous.settledSource) ? previous : NO_BLOCKS;
  const tail = text.slice(known.settledSource.length);
  if (tail === '') return { ...known, open: [], fence: undefined };
  // Long code comes line by line; to parse all of it for each line would take ever longer.
  const fence = known.fence && fenceAfter(known.fence, tail, (lines) => !isUnreasonable(lines));
  if (fence) return { ...known, open: [{ kind: 'code', code: codeIn(fence, tail), language: fence.language, closed: false }], fence };
  if (isUnreasonable(tail)) return { ...known, open: [{ kind: 'plain', text: tail }], fence: undefined };

  const settled = settledTokens(tail);
  const settledTail = settled.map((token) => token.raw).join('');
  const rest = tail.slice(settledTail.length);
  const open = toBlocks(new Lexer().blockTokens(rest), false);
  const [only] = open;
  return {
    settled: settled.length === 0 ? known.settled : [...known.settled, ...toBlocks(settled, true)],
    settledSource: known.settledSource + settledTail,
    open,
    fence: only?.kind === 'code' && open.length === 1 ? fenceOpenIn(rest, only.language) : undefined,
  };
}

/** A line that is not complete may still become anything, so it does not count. */
function settledTokens(text: string): readonly Token[] {
  const tokens = new Lexer().blockTokens(text.slice(0, text.lastIndexOf('\n') + 1));
  const last = tokens.findLastIndex((token) => token.type !== 'space');
  return tokens.slice(0, Math.max(last, 0));
}

function toBlocks(tokens: readonly Token[], settled: boolean): readonly Block[] {
  return tokens.filter((token) => token.type !== 'space').map((token) => toBlock(token, settled));
}

function toBlock(token: Token, settled: boolean): Block {
  if (token.type === 'code') {
    const closed = settled || endsWithItsFence(token.raw);
    return { kind: 'code', code: String(token['text']), language: firstWord(token['lang']), closed };
  }
  if (token.raw.length > LONGEST_PROSE) return { kind: 'plain', text: token.raw };
  return { kind: 'prose', source: token.raw };
}

function endsWithItsFence(source: string): boolean {
  const lines = source.trim().split('\n');
  const marker = /^(?:`{3,}|~{3,})/.exec(lines[0] ?? '')?.[0];
  return marker !== undefined && lines.length > 1 && (lines.at(-1)?.trim().startsWith(marker) ?? false);
}

/** The parser takes quadratic time or endless recursion for these. */
function isUnreasonable(text: string): boolean {
  return TOO_DEEP.test(text) || text.split('\n').some((line) => line.length > LONGEST_PROSE);
}

function firstWord(info: unknown): string {
  return typeof info === 'string' ? (info.trim().split(/\s/)[0] ?? '') : '';
}
