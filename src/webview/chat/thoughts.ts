import * as l10n from '@vscode/l10n';
import { html, type LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { LightElement } from '../light-element.ts';
import { figures } from '../localization.ts';
import './answer.ts';

/** How near to its end the text counts as read so far, in pixels. */
const NEAR = 24;

/** What the model thought before it answered. Open while it thinks, closed from then on, unless the user wants it otherwise. */
export class EndlessThoughts extends LightElement {
  static override properties = { text: {}, isThinking: { type: Boolean }, turnId: { type: Number }, wanted: { state: true } };
  declare text: string;
  declare isThinking: boolean;
  declare turnId: number;
  /** What the user wants: open or closed; undefined while they have not said so. */
  declare private wanted: boolean | undefined;
  #atEnd = true;

  constructor() {
    super();
    this.text = '';
    this.isThinking = false;
    this.turnId = 0;
  }

  protected override render(): TemplateResult {
    return html`<details class="thoughts ${this.isThinking ? 'going-on' : ''}" ?open=${this.#isOpen}>
      <summary @click=${(event: Event) => this.#toggle(event)}>${this.#title()}</summary>
      <div class="thought" tabindex="0" role="group" aria-label=${l10n.t('Thoughts')} @scroll=${(event: Event) => this.#scrolled(event)}>
        <endless-answer
          .text=${this.text}
          .turnId=${this.turnId}
          .running=${this.isThinking}
          .complete=${!this.isThinking}
        ></endless-answer>
      </div>
    </details>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (this.isThinking && changed.has('text') && this.#atEnd) void this.#goToEnd();
  }

  /** The text draws itself a moment later. */
  async #goToEnd(): Promise<void> {
    await this.querySelector<LitElement>('endless-answer')?.updateComplete;
    const box = this.querySelector('.thought');
    if (box) box.scrollTop = box.scrollHeight;
  }

  get #isOpen(): boolean {
    return this.wanted ?? this.isThinking;
  }

  #title(): string {
    if (this.isThinking) return l10n.t('Thinking…');
    const words = this.text.split(/\s+/).filter((word) => word !== '').length;
    return words === 1 ? l10n.t('Thought for 1 word') : l10n.t('Thought for {0} words', figures.count(words));
  }

  #toggle(event: Event): void {
    event.preventDefault();
    this.wanted = !this.#isOpen;
  }

  #scrolled({ currentTarget }: Event): void {
    const { scrollTop, scrollHeight, clientHeight } = currentTarget as Element;
    this.#atEnd = scrollHeight - clientHeight - scrollTop < NEAR;
  }
}

customElements.define('endless-thoughts', EndlessThoughts);
