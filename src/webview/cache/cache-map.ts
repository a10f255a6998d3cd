import * as l10n from '@vscode/l10n';
import { html, nothing, svg, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { meaningOf, type CacheLayout } from '../../shared/cache-layout.ts';
import { express } from '../intent.ts';
import { FocusKeeper } from '../focus-keeper.ts';
import { LightElement } from '../light-element.ts';
import { itemBeside, layOutMap, type CacheMap, type MapBlock, type MapItem } from './map-layout.ts';
import { patternDefinitions, patternOf } from './patterns.ts';
import './segment-menu.ts';
import type { SegmentAction } from './segment-menu.ts';
import { segmentText, sentenceOf, type Messages } from './segment-texts.ts';

const ROW_HEIGHT = 18;
const ROW_GAP = 4;
const GAP = 1;
/** Room for the ring around what has the focus. */
const MARGIN = 2;

/** The free part has no segment. */
const FREE = 'free';
type Key = number | typeof FREE;

/**
 * The KV cache row by row, in order of position. One item of it has the place in the tab order, the arrows go through all. Says
 * what an item is when it is met, and what can be done with a turn when that is chosen. Fires `show` (CustomEvent<number>) with
 * the turn to be shown in the chat.
 */
export class EndlessCacheMap extends LightElement {
  static override properties = {
    layout: { attribute: false },
    messages: { attribute: false },
    width: { state: true },
    current: { state: true },
    met: { state: true },
    menu: { state: true },
  };
  declare layout: CacheLayout;
  /** How the messages of turns begin, as far as they are known. */
  declare messages: Messages;
  declare private width: number;
  /** What the tab key leads to. */
  declare private current: Key | undefined;
  /** What the mouse is at, or the focus. */
  declare private met: Key | undefined;
  /** The turn whose menu is open. */
  declare private menu: number | undefined;
  #map: CacheMap = { items: [], rows: 0 };
  readonly #keeper = new FocusKeeper(this, 'data-key');
  readonly #observer = new ResizeObserver(([entry]) => {
    if (entry) this.width = entry.contentRect.width;
  });

  constructor() {
    super();
    this.width = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
  }

  /** There is something to be drawn, and to take the focus, before the observer tells of the width. */
  protected override firstUpdated(): void {
    this.width = this.clientWidth;
  }

  /** Puts the focus on the item that has the place in the tab order, if there is any. */
  async takeFocus(): Promise<boolean> {
    while (!(await this.updateComplete));
    const item = this.querySelector<SVGElement>('.map [tabindex="0"]');
    item?.focus();
    return item !== null;
  }

  /** A menu goes with its turn. */
  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = this.#map;
    this.#map = layOutMap(this.layout, Math.max(this.width - 2 * MARGIN, 0));
    if (!changed.has('layout')) return;
    this.#keeper.leave(before.items.map(keyOf), this.#map.items.map(keyOf));
    if (!this.#map.items.some(({ segment }) => segment?.turnId === this.menu)) this.menu = undefined;
  }

  protected override updated(): void {
    this.#keeper.arrive(this.#map.items.map(keyOf));
  }

  protected override render(): TemplateResult {
    const map = this.#map;
    const height = map.rows * (ROW_HEIGHT + ROW_GAP) - ROW_GAP + 2 * MARGIN;
    const tabStop = keyOf(find(map, this.current) ?? map.items[0]);
    return html`<svg
        class="map"
        width="100%"
        height=${Math.max(height, 0)}
        role="toolbar"
        aria-label=${l10n.t('Map of the cache')}
        @pointerleave=${() => (this.met = undefined)}
      >
        ${patternDefinitions()} ${repeat(map.items, keyOf, (item) => this.#item(map, item, keyOf(item) === tabStop))}
      </svg>
      ${this.#detail(map)} ${this.#menuTemplate(map)}`;
  }

  #item(map: CacheMap, item: MapItem, isTabStop: boolean): TemplateResult {
    const { segment, blocks } = item;
    const key = keyOf(item);
    const meaning = segment ? meaningOf(segment) : FREE;
    const turnId = segment?.turnId;
    const hasMenu = turnId !== undefined;
    return svg`<g
      class="item kind-${meaning} ${this.met === key ? 'met' : ''}"
      role=${hasMenu ? 'button' : 'img'}
      aria-haspopup=${hasMenu ? 'menu' : nothing}
      aria-expanded=${hasMenu ? String(this.menu === turnId) : nothing}
      aria-label=${sentenceOf(segmentText(item, this.layout, this.messages))}
      tabindex=${isTabStop ? 0 : -1}
      data-key=${key}
      @pointerenter=${() => (this.met = key)}
      @focus=${() => this.#meet(key)}
      @blur=${() => (this.met = undefined)}
      @click=${() => this.#open(item)}
      @keydown=${(event: KeyboardEvent) => this.#onKey(event, map, item)}
    >${blocks.map((block) => blockTemplate(block, patternOf(meaning)))}</g>`;
  }

  /** A place of its own, so that nothing moves when something is met. Who listens has heard it already. */
  #detail(map: CacheMap): TemplateResult {
    const item = find(map, this.met) ?? find(map, this.menu === undefined ? undefined : this.current);
    if (!item) return html`<p class="map-detail hint" aria-hidden="true">${l10n.t('Point at a part of the cache to see what it is.')}</p>`;
    const { name, extent, message } = segmentText(item, this.layout, this.messages);
    return html`<p class="map-detail" aria-hidden="true">
      <strong>${name}</strong><span class="extent">${extent}</span>${message === undefined ? nothing : html`<q>${message}</q>`}
    </p>`;
  }

  #menuTemplate(map: CacheMap): TemplateResult | typeof nothing {
    const { menu } = this;
    const item = map.items.find(({ segment }) => menu !== undefined && segment?.turnId === menu);
    if (menu === undefined || !item) return nothing;
    const { row } = item.blocks.at(-1) ?? item.blocks[0];
    return html`<endless-segment-menu
      data-key=${keyOf(item)}
      .pinned=${item.segment?.kind === 'pinned'}
      .left=${item.blocks[0].x}
      .top=${(row + 1) * (ROW_HEIGHT + ROW_GAP) + MARGIN}
      @choose=${(event: CustomEvent<SegmentAction>) => this.#act(menu, event.detail)}
      @close=${() => this.#closeMenu()}
    ></endless-segment-menu>`;
  }

  #meet(key: Key): void {
    this.current = key;
    this.met = key;
  }

  #open({ segment }: MapItem): void {
    if (segment?.turnId === undefined) return;
    this.current = segment.id;
    this.menu = segment.turnId;
  }

  #act(turnId: number, action: SegmentAction): void {
    this.#closeMenu();
    switch (action) {
      case 'pin':
      case 'unpin':
        express(this, { type: 'pin', turnId, pinned: action === 'pin' });
        break;
      case 'forget':
        express(this, { type: 'forget', turnId });
        break;
      case 'show':
        this.dispatchEvent(new CustomEvent('show', { detail: turnId }));
        break;
    }
  }

  #closeMenu(): void {
    if (this.menu === undefined) return;
    this.menu = undefined;
    void this.takeFocus();
  }

  #onKey(event: KeyboardEvent, map: CacheMap, item: MapItem): void {
    const { items } = map;
    const at = items.indexOf(item);
    switch (event.key) {
      case 'Enter':
      case ' ':
        this.#open(item);
        break;
      case 'ArrowRight':
        this.#focus(items[at + 1]);
        break;
      case 'ArrowLeft':
        this.#focus(items[at - 1]);
        break;
      case 'ArrowDown':
        this.#focus(itemBeside(map, item, 1));
        break;
      case 'ArrowUp':
        this.#focus(itemBeside(map, item, -1));
        break;
      case 'Home':
        this.#focus(items[0]);
        break;
      case 'End':
        this.#focus(items.at(-1));
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  #focus(item: MapItem | undefined): void {
    if (item) this.querySelector<SVGElement>(`[data-key="${String(keyOf(item))}"]`)?.focus();
  }
}

function keyOf(item: MapItem | undefined): Key {
  return item?.segment?.id ?? FREE;
}

function find({ items }: CacheMap, key: Key | undefined): MapItem | undefined {
  return key === undefined ? undefined : items.find((item) => keyOf(item) === key);
}

/** Its colour, its pattern over that, and the line around it that is seen only when it is met, or in high contrast. */
function blockTemplate({ row, x, width }: MapBlock, pattern: string): TemplateResult {
  const [left, top, drawn] = [x + MARGIN, row * (ROW_HEIGHT + ROW_GAP) + MARGIN, Math.max(width - GAP, 1)];
  return svg`<rect class="colour" x=${left} y=${top} width=${drawn} height=${ROW_HEIGHT} rx="2" />
    <rect class="over" x=${left} y=${top} width=${drawn} height=${ROW_HEIGHT} rx="2" fill=${pattern} />`;
}

customElements.define('endless-cache-map', EndlessCacheMap);
