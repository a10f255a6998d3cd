import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Attachment } from '../../shared/attachments.ts';
import type { Turn } from '../../shared/protocol/turn.ts';
import { icon } from '../actions.ts';
import { attachmentIcon, pathTemplate } from '../composer/attachment-label.ts';
import { express } from '../intent.ts';
import { LightElement } from '../light-element.ts';

/** What the model was shown before a message: a chip for each. */
export function attachedTemplate({ attachments = [] }: Turn): TemplateResult | typeof nothing {
  if (attachments.length === 0) return nothing;
  return html`<ul class="attached" aria-label=${l10n.t('Attached')}>
    ${attachments.map((attachment) => html`<li><endless-attached .attachment=${attachment}></endless-attached></li>`)}
  </ul>`;
}

/** One of them: its label opens the file, a button beside unfolds what the model was shown. */
export class EndlessAttached extends LightElement {
  static override properties = { attachment: { attribute: false }, unfolded: { state: true } };
  declare attachment: Attachment;
  declare unfolded: boolean;

  constructor() {
    super();
    this.unfolded = false;
  }

  protected override render(): TemplateResult {
    const { label, text } = this.attachment;
    const unfold = this.unfolded ? l10n.t('Hide the text of {0}', label) : l10n.t('Show the text of {0}', label);
    return html`<div class="attachment-head">
        ${this.#label()}
        <button
          type="button"
          class="icon-button"
          title=${unfold}
          aria-label=${unfold}
          aria-expanded=${this.unfolded}
          @click=${() => (this.unfolded = !this.unfolded)}
        >
          ${icon(this.unfolded ? 'chevron-up' : 'chevron-down')}
        </button>
      </div>
      ${this.unfolded ? html`<pre tabindex="0" aria-label=${label}>${text}</pre>` : nothing}`;
  }

  #label(): TemplateResult {
    const { kind, label, uri, line } = this.attachment;
    const inside = html`${attachmentIcon(kind)}${pathTemplate(label)}`;
    if (uri === undefined) return html`<span class="attachment-label" title=${label}>${inside}</span>`;
    const open = (): void => express(this, { type: 'openSource', uri, ...(line !== undefined && { line }) });
    return html`<button type="button" class="attachment-label" title=${label} @click=${open}>${inside}</button>`;
  }
}

customElements.define('endless-attached', EndlessAttached);
