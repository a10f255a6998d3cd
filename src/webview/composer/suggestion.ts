import { html, nothing, type TemplateResult } from 'lit';
import type { Suggestion } from '../../shared/context-items.ts';

/** What a suggestion is called, with what was matched of it; of a file the name comes first, and then its folder. */
export function suggestionTemplate({ item, label, detail, matches }: Suggestion): TemplateResult {
  const split = item.kind === 'file' ? label.lastIndexOf('/') + 1 : 0;
  const folder = label.slice(0, Math.max(0, split - 1));
  return html`<bdi class="context-name"
      >${marked(
        label.slice(split),
        matches.map((index) => index - split),
      )}</bdi
    >
    ${split > 0 ? html`<bdi class="context-detail">${marked(folder, matches)}</bdi>` : nothing}
    ${detail === '' ? nothing : html`<bdi class="context-detail">${detail}</bdi>`}`;
}

/** Runs of what was matched, and of what was not. */
function marked(text: string, matches: readonly number[]): readonly (string | TemplateResult)[] {
  const matched = new Set(matches);
  const runs: { text: string; isMatched: boolean }[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const isMatched = matched.has(index);
    const last = runs.at(-1);
    if (last?.isMatched === isMatched) last.text += text.charAt(index);
    else runs.push({ text: text.charAt(index), isMatched });
  }
  return runs.map((run) => (run.isMatched ? html`<mark>${run.text}</mark>` : run.text));
}
