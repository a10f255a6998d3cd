import type { Token, Tokens } from 'marked';
import { blockTokens, isList, isQuote } from './block-lexer.ts';
import { codeOf, isCode, type FencedCode } from './fenced-code.ts';
import { codeIn, fenceAfter, fenceOpenIn, type OpenFence } from './open-fence.ts';
import { firstUnreasonableLine, LONGEST_PROSE } from './reasonable.ts';

/** A piece of Markdown that is drawn by itself. */
export type Block =
  | ProseBlock
  | ({ readonly kind: 'code' } & FencedCode)
  | ListBlock
  | { readonly kind: 'quote'; readonly text: BlockedText }
  /** Too long or too deep to be worth parsing; shown as it is. */
  | { readonly kind: 'plain'; readonly text: string };

export interface ProseBlock {
  /** In a list without empty lines, a paragraph is drawn otherwise. */
  readonly kind: 'prose' | 'paragraph';
  readonly source: string;
}

export interface ListBlock {
  readonly kind: 'list';
  /** The number of its first item, if its items have numbers. */
  readonly start: number | undefined;
  /** Whether empty lines stand between its items, or within them. */
  readonly isLoose: boolean;
  readonly items: readonly BlockedText[];
}

/** An answer, an item or a quote as far as it has come. */
export interface BlockedText {
  /** The blocks that no further text can change. */
  readonly settled: readonly Block[];
  /** Their source. */
  readonly settledSource: string;
  /** The block that is being written, with what trails it. */
  readonly open: readonly Block[];
  /** The fence that it is, if it is one without an end. */
  readonly fence: OpenFence | undefined;
  /** The list that it is, if it is one. */
  readonly list: OpenList | undefined;
  /** Where the lines end that have been looked through for what can settle, in UTF-16 units. */
  readonly linesRead: number;
  /** Whether empty lines stand between the settled blocks, and between any of them. */
  readonly isSpacedSoFar: boolean;
  readonly isSpaced: boolean;
}

/** A list that may go on: as in a text, nothing but its last item can change any more. */
interface OpenList {
  /** The items before the last one. */
  readonly settled: ListBlock;
  readonly settledSource: string;
  /** The last item as it was read last. */
  readonly last: BlockedText;
}

/** Where a text stands. */
interface Place {
  /** How many lists and quotes it is in. */
  readonly depth: number;
  /** Whether all of it is there. */
  readonly isWhole: boolean;
}

export const NO_BLOCKS: BlockedText = {
  settled: [],
  settledSource: '',
  open: [],
  fence: undefined,
  list: undefined,
  linesRead: 0,
  isSpacedSoFar: false,
  isSpaced: false,
};

/** Lists and quotes in each other; nothing that people write comes near. */
const DEEPEST = 10;
/** UTF-16 units that are read at a time at least; for some texts the parser takes time that grows with the square of their length. */
const BITE = 1_000;
/** An item that is a task, done or to be done. */
const TASK = /^\[([ xX])\][ \t]+(?=\S)/;

/**
 * Splits an answer into blocks, going on from an earlier state of the same answer: only what follows the settled
 * blocks is read again, so that appending stays cheap however long the answer gets.
 *
 * In Markdown a further line can only change the last block (a paragraph becomes a heading, a list goes on after an
 * empty line), so every block but the last is settled; so is every item but the last of a list, and what stands in an
 * item is such a text again.
 */
export function splitBlocks(previous: BlockedText, answer: string): BlockedText {
  return read(previous, answer.replace(/\r\n?/g, '\n'), { depth: 0, isWhole: false });
}

function read(previous: BlockedText, text: string, place: Place): BlockedText {
  if (place.depth > DEEPEST) return { ...NO_BLOCKS, open: text === '' ? [] : [{ kind: 'plain', text }] };
  let known = text.startsWith(sourceRead(previous)) ? previous : NO_BLOCKS;
  const tail = text.slice(known.settledSource.length);
  // Long code comes line by line; to parse all of it for each line would take ever longer.
  const fence = place.isWhole ? undefined : known.fence && fenceAfter(known.fence, tail, (lines) => firstUnreasonableLine(lines) < 0);
  if (fence) return { ...known, open: [{ kind: 'code', ...fence.about, code: codeIn(fence, tail), closed: false }], fence };

  const unread = sourceRead(known).length;
  const unreasonable = firstUnreasonableLine(text.slice(unread));
  const reasonable = unreasonable < 0 ? text.length : unread + unreasonable;
  for (const end of biteEnds(text.slice(0, reasonable), known)) known = settle(known, text.slice(0, end), place);
  const rest = text.slice(known.settledSource.length);
  if (unreasonable >= 0) return { ...known, open: [{ kind: 'plain', text: rest }], fence: undefined, list: undefined };
  return withOpen(known, rest, place);
}

/** What need not be read again. */
function sourceRead({ settledSource, list }: BlockedText): string {
  return list ? settledSource + list.settledSource : settledSource;
}

/** A line that is not complete may still become anything, so it does not count. */
function* biteEnds(text: string, known: BlockedText): Iterable<number> {
  const start = sourceRead(known).length;
  const last = text.lastIndexOf('\n') + 1;
  for (let end = Math.max(start, known.linesRead); end < last;) {
    end = text.indexOf('\n', Math.min(end + Math.max(BITE, end - start), last) - 1) + 1;
    yield end;
  }
}

/** @param lines all lines from the beginning on that are complete. */
function settle(known: BlockedText, lines: string, place: Place): BlockedText {
  const tokens = blockTokens(lines.slice(sourceRead(known).length));
  const last = tokens.findLastIndex((token) => token.type !== 'space');
  const open = tokens[last];
  if (!open) return known;
  if (last === 0) return { ...known, linesRead: lines.length, list: isList(open) ? settleItems(known.list, open, place) : undefined };
  const settled = tokens.slice(0, last);
  const isSpacedSoFar = known.isSpacedSoFar || settled.some(isEmptyLine);
  return {
    settled: [...known.settled, ...toBlocks(settled, { ...place, isWhole: true }, known.list)],
    settledSource: sourceRead(known) + settled.map((token) => token.raw).join(''),
    open: [],
    fence: undefined,
    list: isList(open) ? settleItems(undefined, open, place) : undefined,
    linesRead: lines.length,
    isSpacedSoFar,
    isSpaced: isSpacedSoFar,
  };
}

function settleItems(known: OpenList | undefined, token: Tokens.List, place: Place): OpenList {
  const items = token.items.slice(0, -1);
  if (known && items.length === 0) return known;
  return {
    settled: toList({ ...token, items }, { ...place, isWhole: true }, known),
    settledSource: (known?.settledSource ?? '') + items.map((item) => item.raw).join(''),
    last: NO_BLOCKS,
  };
}

function withOpen(known: BlockedText, tail: string, place: Place): BlockedText {
  const rest = tail.slice(known.list?.settledSource.length ?? 0);
  const tokens = blockTokens(rest);
  const open = toBlocks(tokens, place, known.list);
  const [first] = open;
  const list = first?.kind === 'list' && known.list;
  return {
    ...known,
    open,
    fence: first?.kind === 'code' && open.length === 1 ? fenceOpenIn(rest, first) : undefined,
    list: list ? { ...list, last: first.items[list.settled.items.length] ?? NO_BLOCKS } : undefined,
    isSpaced: known.isSpacedSoFar || tokens.some(isEmptyLine),
  };
}

/** @param list the list that the first of them goes on with. */
function toBlocks(tokens: readonly Token[], place: Place, list: OpenList | undefined): readonly Block[] {
  return tokens.filter((token) => token.type !== 'space').map((token, at) => toBlock(token, place, at === 0 ? list : undefined));
}

function toBlock(token: Token, place: Place, list: OpenList | undefined): Block {
  if (isCode(token)) return { kind: 'code', ...codeOf(token, place.isWhole) };
  if (isList(token)) return toList(token, place, list);
  if (token.raw.length > LONGEST_PROSE) return { kind: 'plain', text: token.raw };
  if (isQuote(token)) return { kind: 'quote', text: read(NO_BLOCKS, token.text, { ...place, depth: place.depth + 1 }) };
  return { kind: token.type === 'paragraph' ? 'paragraph' : 'prose', source: token.raw };
}

function toList(token: Tokens.List, { depth, isWhole }: Place, known: OpenList | undefined): ListBlock {
  const items = token.items.map((item, at) => {
    const text = item.text.replace(TASK, (_, done) => (done === ' ' ? '☐ ' : '☑ '));
    return read((at === 0 && known?.last) || NO_BLOCKS, text, { depth: depth + 1, isWhole });
  });
  return {
    kind: 'list',
    start: known ? known.settled.start : token.start === '' ? undefined : token.start,
    isLoose: (known?.settled.isLoose ?? false) || token.loose || items.some((item) => item.isSpaced),
    items: [...(known?.settled.items ?? []), ...items],
  };
}

/** A line end alone belongs to what stands before it. */
function isEmptyLine(token: Token): boolean {
  return token.type === 'space' && /\n.*\n/.test(token.raw);
}
