import * as l10n from '@vscode/l10n';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { CacheLayout } from '../../shared/cache-layout.ts';
import { freedSentence, memorySentences } from '../../shared/memory-sentences.ts';
import type { Sample } from '../../shared/protocol/sample.ts';
import type { Status } from '../../shared/protocol/status.ts';
import { actionButton, icon } from '../actions.ts';
import { LightElement } from '../light-element.ts';
import { figures } from '../localization.ts';
import './cache-map.ts';
import type { EndlessCacheMap } from './cache-map.ts';
import { cudaSentence, originSentence, runsOn, strategySentence } from './cache-sentences.ts';
import './charts.ts';
import { legendTemplate } from './legend.ts';
import { figuresTemplate } from './live-figures.ts';
import type { Messages } from './segment-texts.ts';
import { serverSentences } from './server-sentences.ts';

/**
 * All that is known of the cache: what it holds and where, what it costs, and how it went over the day. Fires `show`
 * (CustomEvent<number>) with the turn to be shown in the chat, and `close`.
 */
export class EndlessCachePanel extends LightElement {
  static override properties = {
    status: { attribute: false },
    messages: { attribute: false },
    samples: { attribute: false },
    asked: { type: Number },
  };
  declare status: Status;
  /** How the messages of turns begin, as far as they are known. */
  declare messages: Messages;
  /** What was measured today; undefined while that is not known. */
  declare samples: readonly Sample[] | undefined;
  /** With each time that the panel was asked for it takes the focus. */
  declare asked: number;

  constructor() {
    super();
    this.asked = 0;
    this.addEventListener('keydown', (event) => this.#closeOnEscape(event));
  }

  protected override render(): TemplateResult {
    const { cache, freed } = this.status;
    return html`<section class="cache-panel" id="cache-panel" aria-label=${l10n.t('Cache panel')}>
      <header class="panel-head">
        <h2>${this.status.server ? l10n.t('Context') : l10n.t('Cache')}</h2>
        <button type="button" class="icon-button" title=${l10n.t('Close the cache panel')} @click=${() => this.#close()}>
          ${icon('close')}<span class="for-screen-readers">${l10n.t('Close the cache panel')}</span>
        </button>
      </header>
      <div class="panel-body">
        ${cache ? this.#cache(cache) : nothing}
        ${cache || freed ? nothing : html`<p class="hint">${l10n.t('There is no cache yet: the first message makes one.')}</p>`}
        ${this.#server()}
        <h3 class="for-screen-readers">${l10n.t('Figures')}</h3>
        <div class="figure-groups">${figuresTemplate(this.status)}</div>
        ${this.#model()}
        <h3>${l10n.t('Over the day')}</h3>
        <endless-charts .samples=${this.samples} .strategy=${strategyOf(this.status)}></endless-charts>
      </div>
    </section>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('asked')) void this.#takeFocus();
  }

  async #takeFocus(): Promise<void> {
    const map = this.querySelector<EndlessCacheMap>('endless-cache-map');
    if (!(await map?.takeFocus())) this.querySelector<HTMLElement>('.icon-button')?.focus();
  }

  #cache(cache: CacheLayout): TemplateResult {
    return html`<h3 class="for-screen-readers">${l10n.t('Map of the cache')}</h3>
      <endless-cache-map
        .layout=${cache}
        .messages=${this.messages}
        @show=${(event: CustomEvent<number>) => this.dispatchEvent(new CustomEvent('show', { detail: event.detail }))}
      ></endless-cache-map>
      ${legendTemplate(cache)}
      <p class="strategy ${cache.strategy}">${strategyIcon(cache.strategy)}${strategySentence(cache.strategy)}</p>`;
  }

  #server(): TemplateResult | typeof nothing {
    const { server, sent } = this.status;
    if (!server) return nothing;
    return html`<h3>${l10n.t('Server')}</h3>
      <div class="server">${serverSentences(server, sent).map((sentence) => html`<p>${sentence}</p>`)}</div>`;
  }

  #model(): TemplateResult | typeof nothing {
    const { model, origin, freed, cuda } = this.status;
    if (freed)
      return html`<h3>${l10n.t('Model')}</h3>
        <p>${freedSentence(l10n, freed)}</p>`;
    if (!model) return nothing;
    const others = [cudaSentence(cuda), origin && originSentence(origin)].filter((sentence) => sentence !== undefined);
    const sentences = [...memorySentences(l10n, this.status, (value) => figures.count(value)), ...others];
    return html`<h3>${l10n.t('Model')}</h3>
      <p><strong>${model.name}</strong><br />${runsOn(model)}</p>
      ${sentences.map((sentence) => html`<p>${sentence}</p>`)}
      <div class="actions">
        ${cuda ? actionButton(cuda === 'restart' ? 'restartEngine' : 'downloadCuda', false) : nothing}${actionButton('freeGpu', false)}
      </div>`;
  }

  #closeOnEscape(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    this.#close();
  }

  #close(): void {
    this.dispatchEvent(new CustomEvent('close'));
  }
}

/** What will be done when there is no more room, also while there is no cache yet. */
function strategyOf({ model, server, cache }: Status): CacheLayout['strategy'] {
  if (server) return 'resend';
  return cache?.strategy ?? (model?.canShift === false ? 'rebase' : 'streaming');
}

function strategyIcon(strategy: CacheLayout['strategy']): TemplateResult | typeof nothing {
  switch (strategy) {
    case 'streaming':
      return nothing;
    case 'rebase':
      return icon('refresh');
    case 'resend':
      return icon('server');
  }
}

customElements.define('endless-cache-panel', EndlessCachePanel);
