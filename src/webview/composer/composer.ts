import * as l10n from '@vscode/l10n';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { readTyped } from '../../shared/recall-command.ts';
import { icon } from '../actions.ts';
import { express } from '../intent.ts';
import { LightElement } from '../light-element.ts';

/**
 * Where the user writes. Fires `draft` (CustomEvent<string>) on every change and `send` on Enter; the draft itself is
 * owned by the session.
 */
export class EndlessComposer extends LightElement {
  static override properties = { draft: {}, insertions: { type: Number }, busy: { type: Boolean } };
  declare draft: string;
  /** How many texts were put into the draft for the user; with each of them the cursor goes behind it. */
  declare insertions: number;
  declare busy: boolean;

  constructor() {
    super();
    this.draft = '';
    this.insertions = 0;
    this.busy = false;
  }

  protected override render(): TemplateResult {
    return html`<form class="composer" @submit=${(event: Event) => this.#submit(event)}>
      <textarea
        rows="1"
        .value=${live(this.draft)}
        placeholder=${this.busy ? l10n.t('Queue a message…') : l10n.t('Ask Endless…')}
        aria-label=${l10n.t('Message to Endless')}
        aria-describedby="composer-keys"
        @input=${(event: InputEvent) => this.#change((event.target as HTMLTextAreaElement).value)}
        @keydown=${(event: KeyboardEvent) => this.#sendOnEnter(event)}
      ></textarea>
      <div class="composer-bar">
        <span class="hint" id="composer-keys">${this.#hint()}</span>
        ${this.busy ? this.#stopButton() : nothing}
        <button type="submit" class="send" title=${this.#sendLabel()} aria-label=${this.#sendLabel()} ?disabled=${!isMessage(this.draft)}>
          ${icon('send')}
        </button>
      </div>
    </form>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const textarea = this.querySelector('textarea');
    if (!textarea || !changed.has('insertions') || this.insertions === 0) return;
    textarea.focus();
    textarea.setSelectionRange(textarea.value.length, textarea.value.length);
    textarea.scrollTop = textarea.scrollHeight;
  }

  #stopButton(): TemplateResult {
    const label = l10n.t('Stop (keeps what was written)');
    return html`<button type="button" class="stop" title=${label} aria-label=${label} @click=${() => express(this, { type: 'stop' })}>
      ${icon('stop-circle')}
    </button>`;
  }

  #hint(): string {
    if (this.draft.trim() !== '' && !isMessage(this.draft)) return l10n.t('/recall needs words to look for');
    return this.busy ? l10n.t('Enter queues · Esc stops') : l10n.t('Enter sends · Shift+Enter breaks');
  }

  #sendLabel(): string {
    return this.busy ? l10n.t('Queue message') : l10n.t('Send message');
  }

  #change(draft: string): void {
    this.dispatchEvent(new CustomEvent('draft', { detail: draft }));
  }

  /** Enter that ends a composition belongs to the input method. */
  #sendOnEnter(event: KeyboardEvent): void {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) this.#submit(event);
  }

  #submit(event: Event): void {
    event.preventDefault();
    const textarea = this.querySelector('textarea');
    if (!textarea || !isMessage(textarea.value)) return;
    // Emptied at once: what is typed before the next frame is drawn belongs to the next message.
    textarea.value = '';
    textarea.focus();
    this.dispatchEvent(new CustomEvent('send'));
  }
}

/** Whether there is something to send: white space is not, nor is a command without its query. */
function isMessage(text: string): boolean {
  return readTyped(text).message !== '';
}

customElements.define('endless-composer', EndlessComposer);
