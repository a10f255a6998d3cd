import { html, type TemplateResult } from 'lit';
import type { AttachmentKind } from '../../shared/attachments.ts';
import { icon } from '../actions.ts';

const ICONS: Readonly<Record<AttachmentKind, string>> = {
  file: 'file',
  range: 'list-selection',
  symbol: 'symbol-method',
  selection: 'selection',
  problems: 'warning',
  terminal: 'terminal',
  diff: 'git-compare',
};

export function attachmentIcon(kind: AttachmentKind): TemplateResult {
  return icon(ICONS[kind]);
}

/** A path of which the middle is left out where there is no room: who looks for a file knows it by its end. */
export function pathTemplate(path: string): TemplateResult {
  const end = path.lastIndexOf('/') + 1;
  return html`<bdi class="path"
    ><span class="path-start">${path.slice(0, end)}</span><span class="path-end">${path.slice(end)}</span></bdi
  >`;
}
