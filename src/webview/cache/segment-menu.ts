import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { icon } from '../actions.ts';
import { LightElement } from '../light-element.ts';

/** What can be done with a turn in the cache. */
export type SegmentAction = 'pin' | 'unpin' | 'forget' | 'show';

/** The menu of a turn in the map. Fires `choose` (CustomEvent<SegmentAction>), and `close` when nothing was chosen. */
export class EndlessSegmentMenu extends LightElement {
  static override properties = { pinned: { type: Boolean }, left: { type: Number }, top: { type: Number }, asksToForget: { state: true } };
  declare pinned: boolean;
  /** Where it is to stand within what it is in, in pixels; it stays within its width. */
  declare left: number;
  declare top: number;
  /** Forgetting cannot be undone: it is asked for twice. */
  declare private asksToForget: boolean;

  constructor() {
    super();
    this.asksToForget = false;
    this.addEventListener('keydown', (event) => this.#onKey(event));
    this.addEventListener('focusout', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && this.contains(relatedTarget))) this.#close();
    });
  }

  protected override render(): TemplateResult {
    return html`<div class="segment-menu" role="menu" aria-label=${l10n.t('Turn in the cache')}>
      ${
        this.pinned
          ? this.#item('unpin', 'pinned-dirty', l10n.t('Unpin: it may be evicted again'))
          : this.#item('pin', 'pin', l10n.t('Pin: never evict it'))
      }
      ${this.#item('show', 'go-to-file', l10n.t('Show in chat'))} ${this.#forgetItem()}
    </div>`;
  }

  /** Once: it may move under a focus that has gone on from there. */
  protected override firstUpdated(): void {
    this.#place();
    this.#items[0]?.focus();
  }

  protected override updated(): void {
    this.#place();
  }

  #place(): void {
    const { offsetParent } = this;
    const room = (offsetParent?.clientWidth ?? 0) - this.offsetWidth;
    this.style.left = `${String(Math.max(0, Math.min(this.left, room)))}px`;
    this.style.top = `${String(this.top)}px`;
  }

  #forgetItem(): TemplateResult {
    if (this.asksToForget) return this.#item('forget', 'trash', l10n.t('Really forget it? It cannot be undone'));
    return this.#item('forget', 'trash', l10n.t('Forget: out of chat and cache'), () => (this.asksToForget = true));
  }

  #item(action: SegmentAction, iconName: string, label: string, choose = (): unknown => this.#choose(action)): TemplateResult {
    return html`<button type="button" role="menuitem" tabindex="-1" @click=${choose}>${icon(iconName)}${label}</button>`;
  }

  #choose(action: SegmentAction): void {
    this.dispatchEvent(new CustomEvent<SegmentAction>('choose', { detail: action }));
  }

  #onKey(event: KeyboardEvent): void {
    const items = this.#items;
    const at = items.indexOf(event.target as HTMLElement);
    switch (event.key) {
      case 'ArrowDown':
        items[(at + 1) % items.length]?.focus();
        break;
      case 'ArrowUp':
        items.at(at - 1)?.focus();
        break;
      case 'Home':
        items[0]?.focus();
        break;
      case 'End':
        items.at(-1)?.focus();
        break;
      case 'Escape':
      case 'Tab':
        this.#close();
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  get #items(): readonly HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('[role=menuitem]')];
  }

  #close(): void {
    this.dispatchEvent(new CustomEvent('close'));
  }
}

customElements.define('endless-segment-menu', EndlessSegmentMenu);
