import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { icon } from '../actions.ts';
import { express } from '../intent.ts';
import { LightElement } from '../light-element.ts';
import './code-text.ts';

/** Code with its language and a button that copies it. */
export class EndlessCode extends LightElement {
  static override properties = { code: {}, language: {}, complete: { type: Boolean }, copied: { state: true } };
  declare code: string;
  declare language: string;
  /** Whether nothing more is to come. */
  declare complete: boolean;
  /** The code as it was copied last; growing code is not the same any more. */
  declare private copied: string | undefined;

  constructor() {
    super();
    this.code = '';
    this.language = '';
    this.complete = false;
  }

  protected override render(): TemplateResult {
    const copied = this.copied === this.code;
    const label = copied ? l10n.t('Copied') : l10n.t('Copy code');
    return html`<figure class="code">
      <figcaption>
        <span class="language">${this.language || l10n.t('code')}</span>
        <button type="button" class="icon-button" title=${label} aria-label=${label} @click=${() => this.#copy()}>
          ${icon(copied ? 'check' : 'copy')}
        </button>
      </figcaption>
      <endless-code-text .code=${this.code} .language=${this.language} .complete=${this.complete}></endless-code-text>
    </figure>`;
  }

  #copy(): void {
    this.copied = this.code;
    express(this, { type: 'copy', text: this.code });
  }
}

customElements.define('endless-code', EndlessCode);
