import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { LightElement } from '../light-element.ts';
import './code-actions.ts';

/** Code with its language and what can be done with it. */
export class EndlessCode extends LightElement {
  static override properties = { code: {}, language: {}, info: {}, lineAbove: {}, turnId: { type: Number }, closed: { type: Boolean } };
  declare code: string;
  declare language: string;
  /** What stands behind its fence. */
  declare info: string;
  /** The line of text above it. */
  declare lineAbove: string;
  declare turnId: number;
  /** Whether nothing more can come into it. */
  declare closed: boolean;

  constructor() {
    super();
    this.code = '';
    this.language = '';
    this.info = '';
    this.lineAbove = '';
    this.turnId = 0;
    this.closed = false;
  }

  protected override render(): TemplateResult {
    const { code, language, info, lineAbove, turnId, closed } = this;
    return html`<figure class="code">
      <figcaption>
        <span class="language" title=${info}>${language || l10n.t('code')}</span>
        <endless-code-actions .block=${{ code, language, info, lineAbove, turnId, closed }}></endless-code-actions>
      </figcaption>
      <pre tabindex="0" aria-label=${l10n.t('Code')} role="group"><code>${code}</code></pre>
    </figure>`;
  }
}

customElements.define('endless-code', EndlessCode);
