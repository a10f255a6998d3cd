import * as l10n from '@vscode/l10n';
import { html, nothing, svg, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { meaningOf, turnsPartlyIn, type CacheLayout } from '../../shared/cache-layout.ts';
import type { Status } from '../../shared/protocol/status.ts';
import { icon } from '../actions.ts';
import { LightElement } from '../light-element.ts';
import { duration, figures, speed } from '../localization.ts';
import { strategySentence, summary } from './cache-sentences.ts';
import { layOutStrip, TEAR_WIDTH, type Strip, type StripPart } from './strip.ts';

const HEIGHT = 12;
/** Opacity of the turn that is evicted next; the newest has 1. */
const OLDEST = 0.45;

/**
 * The KV cache as one strip, in order of position: sinks at the anchor, the turns that flow, what is free. Fires `open`
 * (CustomEvent<boolean>) when the cache panel is to be opened, and when it is to be closed.
 */
export class EndlessCacheBar extends LightElement {
  static override properties = {
    status: { attribute: false },
    width: { state: true },
    open: { type: Boolean },
  };
  declare status: Status;
  /** Whether the cache panel is open. */
  declare open: boolean;
  declare private width: number;
  readonly #observer = new ResizeObserver(([entry]) => {
    if (entry) this.width = entry.contentRect.width;
  });

  constructor() {
    super();
    this.width = 0;
    this.open = false;
    this.addEventListener('keydown', (event) => this.#closeOnEscape(event));
  }

  protected override updated(): void {
    const strip = this.querySelector('.strip');
    if (strip) this.#observer.observe(strip);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { cache, stats } = this.status;
    if (!cache && stats.tokensToday === 0) return nothing;
    return html`<section
      class="cache"
      aria-label=${this.status.server ? l10n.t('What {0} is sent', this.status.server.host) : l10n.t('Cache of the model')}
    >
      ${cache ? this.#gauge(cache) : nothing} ${this.#today()}
    </section>`;
  }

  #gauge(cache: CacheLayout): TemplateResult {
    return html`<button
      type="button"
      class="gauge"
      title=${this.open ? l10n.t('Close the cache panel') : l10n.t('Open the cache panel')}
      aria-expanded=${this.open}
      aria-controls=${this.open ? 'cache-panel' : nothing}
      @click=${() => this.#setOpen(!this.open)}
    >
      <span class="strip">${this.#strip(cache)}</span>
      ${strategyMark(cache.strategy)}
      <span class="for-screen-readers">${summary(cache)}</span>
      <span class="fill" aria-hidden="true">${figures.binary(cache.used)}<span class="of">/${figures.binary(cache.window)}</span></span>
    </button>`;
  }

  #strip(cache: CacheLayout): TemplateResult {
    const strip = layOutStrip(cache, this.width, this.status.evictedUpTo > 0 || turnsPartlyIn(cache).length > 0);
    return html`<svg width="100%" height=${HEIGHT} aria-hidden="true">
      <rect class="kind-free" x=${strip.end} width=${Math.max(this.width - strip.end, 0)} height=${HEIGHT} />
      ${repeat(
        strip.parts,
        ({ segment }) => segment.id,
        (part) => this.#part(part),
      )}
      ${tear(strip)}
      ${this.status.activity.kind === 'generating' ? svg`<rect class="head" x=${strip.end} width="2" height=${HEIGHT} />` : nothing}
    </svg>`;
  }

  #part({ segment, x, width, recency }: StripPart): TemplateResult {
    return svg`<rect class=${`kind-${meaningOf(segment)}`} x=${x} width=${width} height=${HEIGHT} fill-opacity=${OLDEST + (1 - OLDEST) * recency}></rect>`;
  }

  #today(): TemplateResult {
    const { tokensToday, evictedToday, tokensPerSecond, firstTokenMs } = this.status.stats;
    const day = [l10n.t('today: {0} tokens', figures.count(tokensToday))];
    if (evictedToday > 0) day.push(l10n.t('{0} evicted', figures.short(evictedToday)));
    const last = tokensPerSecond > 0 ? [speed(tokensPerSecond), l10n.t('first token {0}', duration(firstTokenMs))] : [];
    return html`<div class="today">
      <span>${day.join(' · ')}</span>
      <span title=${l10n.t('Generation speed and time to the first token of the last answer')}>${last.join(' · ')}</span>
    </div>`;
  }

  #closeOnEscape(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !this.open) return;
    event.preventDefault();
    event.stopPropagation();
    this.#setOpen(false);
  }

  #setOpen(open: boolean): void {
    this.dispatchEvent(new CustomEvent('open', { detail: open }));
  }
}

/** Says where room is not made by rolling. */
function strategyMark(strategy: CacheLayout['strategy']): TemplateResult | typeof nothing {
  if (strategy === 'streaming') return nothing;
  return html`<span class="rebase" title=${strategySentence(strategy)}>${icon(strategy === 'rebase' ? 'refresh' : 'server')}</span>`;
}

/** The evicted middle: three dots where the strip is torn. */
function tear(strip: Strip): TemplateResult | typeof nothing {
  if (strip.tear === undefined) return nothing;
  const center = strip.tear + TEAR_WIDTH / 2 - 0.5;
  return svg`<g class="tear">${[2, 6, 10].map((y) => svg`<circle cx=${center} cy=${y} r="1" />`)}</g>`;
}

customElements.define('endless-cache-bar', EndlessCacheBar);
