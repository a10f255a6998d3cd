import type { Block } from './blocks.ts';

/** The last line of text in what stands before a block of code; empty when that is none. */
export function lineAbove(block: Block | undefined): string {
  switch (block?.kind) {
    case 'prose':
      return lastLine(block.source);
    case 'plain':
      return lastLine(block.text);
    case 'code':
    case undefined:
      return '';
  }
}

/** The same of code that stands in a list or a quote. */
export function lineAboveElement(code: Element): string {
  let above = code.previousSibling;
  while (above?.nodeType === Node.TEXT_NODE && above.textContent?.trim() === '') above = above.previousSibling;
  return lastLine(above?.textContent ?? '');
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}
