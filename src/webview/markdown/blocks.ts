import { Lexer, type Token } from 'marked';
import { codeOf, isCode, type FencedCode } from './fenced-code.ts';
import { codeIn, fenceAfter, fenceOpenIn, type OpenFence } from './open-fence.ts';

/** A piece of Markdown that is drawn by itself. */
export type Block =
  | { readonly kind: 'prose'; readonly source: string }
  | ({ readonly kind: 'code' } & FencedCode)
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
  if (fence) return { ...known, open: [{ kind: 'code', ...fence.about, code: codeIn(fence, tail), closed: false }], fence };
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
    fence: only?.kind === 'code' && open.length === 1 ? fenceOpenIn(rest, only) : undefined,
  };
}

/** A line that is not complete may still become anything, so it does not count. */
function settledTokens(text: string): readonly Token[] {
  const tokens = new Lexer().blockTokens(text.slice(0, text.lastIndexOf('\n') + 1));
  const last = tokens.findLastIndex((token) => token.type !== 'space');
  return tokens.slice(0, Math.max(last, 0));
}

function toBlocks(tokens: readonly Token[], isSettled: boolean): readonly Block[] {
  return tokens.filter((token) => token.type !== 'space').map((token) => toBlock(token, isSettled));
}

function toBlock(token: Token, isSettled: boolean): Block {
  if (isCode(token)) return { kind: 'code', ...codeOf(token, isSettled) };
  if (token.raw.length > LONGEST_PROSE) return { kind: 'plain', text: token.raw };
  return { kind: 'prose', source: token.raw };
}

/** The parser takes quadratic time or endless recursion for these. */
function isUnreasonable(text: string): boolean {
  return TOO_DEEP.test(text) || text.split('\n').some((line) => line.length > LONGEST_PROSE);
}
