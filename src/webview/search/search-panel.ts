import * as l10n from '@vscode/l10n';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { errorTemplate, icon } from '../actions.ts';
import { LONGEST_QUERY } from '../../shared/protocol/conversation.ts';
import { MOST_HITS } from '../../shared/view-messages.ts';
import { LightElement } from '../light-element.ts';
import { figures } from '../localization.ts';
import type { Found } from '../state/search.ts';
import { hitTemplate } from './hit.ts';

/**
 * Searches the whole history. Fires `query` (CustomEvent<string>) on every change, `choose` (CustomEvent<number>) with the turn
 * of a hit, and `close`.
 */
export class EndlessSearch extends LightElement {
  static override properties = { query: {}, found: { attribute: false }, asked: { type: Number } };
  declare query: string;
  /** Undefined while there is nothing to tell. */
  declare found: Found | undefined;
  /** With each time that the search was asked for the cursor goes into its field. */
  declare asked: number;

  constructor() {
    super();
    this.query = '';
    this.asked = 0;
    this.addEventListener('keydown', (event) => this.#onKey(event));
  }

  protected override render(): TemplateResult {
    return html`<section class="search" role="search" aria-label=${l10n.t('Search the history')}>
      <div class="search-field">
        ${icon('search')}
        <input
          type="text"
          maxlength=${LONGEST_QUERY}
          .value=${live(this.query)}
          placeholder=${l10n.t('Search the history')}
          aria-label=${l10n.t('Search the history')}
          @input=${(event: InputEvent) => this.#fire('query', (event.target as HTMLInputElement).value)}
        />
        <button type="button" class="icon-button" title=${l10n.t('Close the search')} @click=${() => this.#fire('close')}>
          ${icon('close')}<span class="for-screen-readers">${l10n.t('Close the search')}</span>
        </button>
      </div>
      <p class="search-summary" role="status">${this.#summary()}</p>
      ${this.#result()}
    </section>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('asked')) this.#input.select();
  }

  #summary(): string {
    if (!this.found) return l10n.t('Messages that were answered, and their answers, are searched.');
    const { hits, query, error } = this.found;
    if (error) return '';
    if (hits.length === 0) return l10n.t('Nothing was found for “{0}”.', query);
    if (hits.length >= MOST_HITS) return l10n.t('The best {0} places; there may be more.', figures.count(hits.length));
    return hits.length === 1 ? l10n.t('1 place') : l10n.t('{0} places', figures.count(hits.length));
  }

  #result(): TemplateResult | typeof nothing {
    if (!this.found) return nothing;
    const { hits, error } = this.found;
    if (error)
      return html`<div class="banner" role="alert">
        ${icon('error')}
        <div class="body">${errorTemplate(error)}</div>
      </div>`;
    return html`<ol class="hits">
      ${hits.map((hit) => html`<li>${hitTemplate(hit, () => this.#fire('choose', hit.turnId))}</li>`)}
    </ol>`;
  }

  /** Enter takes the first hit; the arrows go through all of them. */
  #onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const places = [this.#input, ...this.querySelectorAll<HTMLElement>('.hit')];
    const at = places.indexOf(event.target as HTMLElement);
    switch (event.key) {
      case 'Escape':
        this.#fire('close');
        break;
      case 'ArrowDown':
        places[Math.min(at + 1, places.length - 1)]?.focus();
        break;
      case 'ArrowUp':
        places[Math.max(at - 1, 0)]?.focus();
        break;
      case 'Enter':
        if (at !== 0) return;
        places[1]?.click();
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  get #input(): HTMLInputElement {
    return this.renderRoot.querySelector('input') as HTMLInputElement;
  }

  #fire(name: 'query' | 'choose' | 'close', detail?: string | number): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

customElements.define('endless-search', EndlessSearch);
