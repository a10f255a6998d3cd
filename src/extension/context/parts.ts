import * as vscode from 'vscode';
import type { Part } from '../../shared/context-items.ts';
import { fenced } from '../../shared/fence.ts';
import { editorOf, type Read } from './attachable.ts';
import { documentSymbols, flattened } from './document-symbols.ts';
import type { NewAttachment } from './draft-attachments.ts';
import { linesThatFit, type Fit } from './fitting-lines.ts';
import { excerptPassage, passageParts, type PassageParts } from './passages.ts';

export interface Whole {
  readonly attachment: NewAttachment;
  /** Tokens that are left for it. */
  readonly room: number;
  readonly count: (text: string) => Promise<number>;
}

/** What is to be attached in place of something that is too large; undefined when the user has thought better of it. */
export async function readPart(whole: Whole, part: Part): Promise<Read | undefined> {
  const { attachment } = whole;
  const passage = passageParts(attachment.text);
  if (!passage)
    return { refusal: vscode.l10n.t('{label} cannot be divided. Take it out to send the message.', { label: attachment.label }) };
  switch (part) {
    case 'outline':
      return readOutline(attachment);
    case 'beginning':
      return readLines(whole, passage, () => 0);
    case 'cursor':
      return readLines(whole, passage, (lines) => firstAround(attachment, lines, passage.lines.length));
    case 'lines':
      return chooseLines(attachment, passage);
  }
}

/** As many lines as fit, from where `firstOf` says for so many. */
async function readLines({ attachment, room, count }: Whole, passage: PassageParts, firstOf: Fit['firstOf']): Promise<Read> {
  const make = (first: number, lines: number): NewAttachment => excerptOf(attachment, passage, first, lines);
  const fit = { total: passage.lines.length, room, firstOf, count: (first: number, lines: number) => count(make(first, lines).text) };
  const lines = await linesThatFit(fit);
  if (lines === 0) return { refusal: vscode.l10n.t('Not a single line of {label} fits.', { label: attachment.label }) };
  return { attachment: make(firstOf(lines), lines) };
}

async function chooseLines(attachment: NewAttachment, passage: PassageParts): Promise<Read | undefined> {
  const last = passage.lines.length;
  const typed = await vscode.window.showInputBox({
    title: attachment.label,
    prompt: vscode.l10n.t('Lines to attach, of {last}', { last }),
    value: `1-${last}`,
    validateInput: (value) =>
      linesIn(value, last) ? undefined : vscode.l10n.t('Two numbers between 1 and {last}, such as 10-42', { last }),
  });
  const lines = typed === undefined ? undefined : linesIn(typed, last);
  return lines && { attachment: excerptOf(attachment, passage, lines.first - 1, lines.last - lines.first + 1) };
}

/** A line for each symbol: its number, and how it is declared. */
async function readOutline(attachment: NewAttachment): Promise<Read> {
  const { label, uri = '' } = attachment;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
  const lines = flattened(await documentSymbols(document)).map(({ symbol, depth }) => {
    const { line } = symbol.selectionRange.start;
    return `${line + 1}: ${'  '.repeat(depth)}${document.lineAt(line).text.trim()}`;
  });
  if (lines.length === 0) return { refusal: vscode.l10n.t('Nothing is known of what {label} declares.', { label }) };
  const title = vscode.l10n.t('Outline of {label}', { label });
  return {
    attachment: {
      kind: 'file',
      label: title,
      uri,
      text: `${title}\n${fenced(lines.join('\n'), '')}`,
      parts: ['beginning'],
      isWhole: false,
    },
  };
}

/** Lines of a passage as a passage, under their numbers where it is of a file. */
function excerptOf(attachment: NewAttachment, { title, info, lines }: PassageParts, first: number, count: number): NewAttachment {
  const text = `${lines.slice(first, first + count).join('\n')}\n`;
  const { uri, line } = attachment;
  if (uri === undefined || line === undefined) {
    const note = vscode.l10n.t('{title} (the first {count} of {all} lines)', { title, count, all: lines.length });
    return { ...attachment, text: `${note}\n${fenced(text, info)}` };
  }
  const path = title.replace(/:\d+(?:-\d+)?$/, '');
  const firstLine = line + first;
  return {
    kind: 'range',
    label: count > 1 ? `${path}:${firstLine}-${firstLine + count - 1}` : `${path}:${firstLine}`,
    uri,
    line: firstLine,
    text: excerptPassage({ path, languageId: info, text, firstLine }, undefined),
    parts: ['beginning'],
    isWhole: false,
  };
}

/** Where so many lines begin that have the cursor in their middle, as far as there are any. */
function firstAround({ uri = '', line = 1 }: NewAttachment, lines: number, total: number): number {
  const cursor = (editorOf(vscode.Uri.parse(uri, true))?.selection.active.line ?? 0) - (line - 1);
  return Math.max(0, Math.min(cursor - Math.floor(lines / 2), total - lines));
}

function linesIn(typed: string, last: number): { readonly first: number; readonly last: number } | undefined {
  const [, from = '', to = from] = /^\s*(\d+)(?:\s*[-–]\s*(\d+))?\s*$/.exec(typed) ?? [];
  const lines = { first: Number(from), last: Number(to) };
  return lines.first >= 1 && lines.first <= lines.last && lines.last <= last ? lines : undefined;
}
