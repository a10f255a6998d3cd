import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Turn } from '../../shared/protocol.ts';
import { LightElement } from '../light-element.ts';
import './answer.ts';
import { noticeTemplate } from './notice.ts';
import { recalledTemplate } from './recalled.ts';
import { statsTemplate } from './turn-stats.ts';

/** A message with its answer. */
export class EndlessTurn extends LightElement {
  static override properties = { turn: { attribute: false }, isLast: { type: Boolean } };
  declare turn: Turn;
  /** Only the last turn can be forgotten and asked again. */
  declare isLast: boolean;

  protected override render(): TemplateResult {
    const { message, answer, state, stats } = this.turn;
    return html`${messageTemplate(message, state === 'queued' ? l10n.t('Queued') : undefined)} ${recalledTemplate(this.turn)}
    ${
      state === 'queued'
        ? nothing
        : html`<article class="answer ${state}" aria-label=${l10n.t('Answer of Endless')} aria-busy=${state === 'running'}>
            <header>
              <h2>${l10n.t('Endless')}</h2>
              ${stats && stats.answerTokens > 0 && state !== 'running' ? statsTemplate(stats) : nothing}
            </header>
            ${answer === '' ? waiting(state) : html`<endless-answer .text=${answer} .running=${state === 'running'}></endless-answer>`}
            ${noticeTemplate(this.turn, this.isLast)}
          </article>`
    }`;
  }
}

/** The user's words as they are: text, not Markdown. */
export function messageTemplate(message: string, badge: string | undefined): TemplateResult {
  return html`<article class="message" aria-label=${l10n.t('Your message')}>
    <header>
      <h2>${l10n.t('You')}</h2>
      ${badge === undefined ? nothing : html`<span class="badge">${badge}</span>`}
    </header>
    <p>${message}</p>
  </article>`;
}

/** Where the answer will begin; what it waits for stands above the composer. */
function waiting(state: Turn['state']): TemplateResult | typeof nothing {
  return state === 'running' ? html`<p class="waiting"></p>` : nothing;
}

customElements.define('endless-turn', EndlessTurn);
