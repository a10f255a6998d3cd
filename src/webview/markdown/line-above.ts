import type { Block, BlockedText } from './blocks.ts';

/** The last line of text in what stands before a block of code; empty when that is none. */
export function lineAbove(block: Block | undefined): string {
  switch (block?.kind) {
    case 'prose':
    case 'paragraph':
      return lastLine(block.source);
    case 'list':
      return lineAtEnd(block.items.at(-1));
    case 'quote':
      return lineAtEnd(block.text);
    case 'plain':
      return lastLine(block.text);
    case 'code':
    case undefined:
      return '';
  }
}

function lineAtEnd(text: BlockedText | undefined): string {
  return lineAbove(text?.open.at(-1) ?? text?.settled.at(-1));
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}
