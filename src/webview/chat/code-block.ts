import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { LightElement } from '../light-element.ts';
import './code-actions.ts';
import './code-text.ts';

/** Code with its language and what can be done with it. */
export class EndlessCode extends LightElement {
  static override properties = {
    code: {},
    language: {},
    info: {},
    lineAbove: {},
    turnId: { type: Number },
    closed: { type: Boolean },
    settled: { type: Boolean },
  };
  declare code: string;
  declare language: string;
  /** What stands behind its fence. */
  declare info: string;
  /** The line of text above it. */
  declare lineAbove: string;
  declare turnId: number;
  /** Whether it is there as a whole: something can be done with it then. */
  declare closed: boolean;
  /** Whether nothing more is to come, be it whole or not. */
  declare settled: boolean;

  constructor() {
    super();
    this.code = '';
    this.language = '';
    this.info = '';
    this.lineAbove = '';
    this.turnId = 0;
    this.closed = false;
    this.settled = false;
  }

  protected override render(): TemplateResult {
    const { code, language, info, lineAbove, turnId, closed, settled } = this;
    return html`<figure class="code">
      <figcaption>
        <span class="language" title=${info}>${language || l10n.t('code')}</span>
        <endless-code-actions .block=${{ code, language, info, lineAbove, turnId, closed }}></endless-code-actions>
      </figcaption>
      <endless-code-text .code=${code} .language=${language} .complete=${settled}></endless-code-text>
    </figure>`;
  }
}

customElements.define('endless-code', EndlessCode);
