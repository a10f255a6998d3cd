import { html, type PropertyValues, type TemplateResult } from 'lit';
import { LightElement } from '../light-element.ts';

/** One of several things to choose from. */
export interface Choice {
  readonly label: string;
  /** More about it, quieter. */
  readonly detail: string;
}

/**
 * A list to choose from while the focus stays in a text field, which says `aria-controls` and `aria-activedescendant`. Fires
 * `choose` (CustomEvent<number>) with the index of what was clicked.
 */
export class EndlessListbox extends LightElement {
  static override properties = { listId: {}, label: {}, choices: { attribute: false }, active: { type: Number } };
  /** Id of the list, new to the page. */
  declare listId: string;
  declare label: string;
  declare choices: readonly Choice[];
  /** Index of the one that Enter takes. */
  declare active: number;

  protected override render(): TemplateResult {
    return html`<ul class="listbox" role="listbox" id=${this.listId} aria-label=${this.label}>
      ${this.choices.map((choice, index) => this.#option(choice, index))}
    </ul>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('active')) this.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }

  /** The focus stays where it is. */
  #option({ label, detail }: Choice, index: number): TemplateResult {
    return html`<li
      role="option"
      id=${optionId(this.listId, index)}
      aria-selected=${index === this.active}
      @pointerdown=${(event: Event) => event.preventDefault()}
      @mousedown=${(event: Event) => event.preventDefault()}
      @click=${() => this.dispatchEvent(new CustomEvent('choose', { detail: index }))}
    >
      <span class="name">${label}</span> <span class="detail">${detail}</span>
    </li>`;
  }
}

/** For `aria-activedescendant`. */
export function optionId(listId: string, index: number): string {
  return `${listId}-${index}`;
}

customElements.define('endless-listbox', EndlessListbox);
