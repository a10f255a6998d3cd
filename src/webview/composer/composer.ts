import * as l10n from '@vscode/l10n';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import { live } from 'lit/directives/live.js';
import type { DraftAttachment } from '../../shared/context-items.ts';
import { readTyped } from '../../shared/recall-command.ts';
import { icon } from '../actions.ts';
import { express } from '../intent.ts';
import { LightElement } from '../light-element.ts';
import { isTooLarge, type Suggested } from '../state/attaching.ts';
import { chipsTemplate } from './chips.ts';
import { ContextMenu } from './context-menu.ts';

/**
 * Where the user writes. Fires `draft` (CustomEvent<string>) on every change and `send` on Enter; the draft itself is
 * owned by the session.
 */
export class EndlessComposer extends LightElement {
  static override properties = {
    draft: {},
    insertions: { type: Number },
    busy: { type: Boolean },
    attachments: { attribute: false },
    suggested: { attribute: false },
    refused: { state: true },
  };
  declare draft: string;
  /** How many texts were put into the draft for the user; with each of them the cursor goes behind it. */
  declare insertions: number;
  declare busy: boolean;
  declare attachments: readonly DraftAttachment[];
  /** What can be attached, as the host has told it. */
  declare suggested: Suggested | undefined;
  /** Whether somebody has tried to send the message with something that is too large. */
  declare refused: boolean;
  readonly #menu = new ContextMenu(this);

  constructor() {
    super();
    this.draft = '';
    this.insertions = 0;
    this.busy = false;
    this.attachments = [];
    this.refused = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('suggested')) this.#menu.tell(this.suggested);
    if (!isTooLarge(this.attachments)) this.refused = false;
  }

  protected override render(): TemplateResult {
    return html`<form class="composer" @submit=${(event: Event) => this.#submit(event)}>
      ${this.#menu.template()} ${chipsTemplate(this.attachments, this.refused)}
      <textarea
        rows="1"
        .value=${live(this.draft)}
        placeholder=${this.busy ? l10n.t('Queue a message…') : l10n.t('Ask Endless…')}
        aria-label=${l10n.t('Message to Endless')}
        aria-describedby="composer-keys"
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls=${ifDefined(this.#menu.controls)}
        aria-activedescendant=${ifDefined(this.#menu.activeDescendant)}
        @input=${(event: InputEvent) => this.#change(event.target as HTMLTextAreaElement)}
        @selectionchange=${(event: Event) => this.#menu.moved(event.target as HTMLTextAreaElement)}
        @blur=${() => this.#menu.close()}
        @keydown=${(event: KeyboardEvent) => this.#sendOnEnter(event)}
      ></textarea>
      <div class="composer-bar">
        ${this.#contextButton()}
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

  #change(textarea: HTMLTextAreaElement): void {
    // The menu may be drawn before the session has told the draft again.
    this.draft = textarea.value;
    this.dispatchEvent(new CustomEvent('draft', { detail: textarea.value }));
    this.#menu.typed(textarea);
  }

  #contextButton(): TemplateResult {
    const label = l10n.t('Add context (@)');
    const toggle = (): void => {
      const textarea = this.querySelector('textarea');
      if (this.#menu.isOpen) this.#menu.close();
      else if (textarea) this.#menu.open(textarea);
    };
    // The text field keeps the focus: without it the menu closes.
    return html`<button
      type="button"
      class="add-context"
      title=${label}
      aria-label=${label}
      aria-haspopup="listbox"
      @mousedown=${(event: Event) => event.preventDefault()}
      @click=${toggle}
    >
      ${icon('add')}<span>${l10n.t('Context')}</span>
    </button>`;
  }

  /** Enter that ends a composition belongs to the input method. */
  #sendOnEnter(event: KeyboardEvent): void {
    if (this.#menu.onKey(event)) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) this.#submit(event);
  }

  #submit(event: Event): void {
    event.preventDefault();
    const textarea = this.querySelector('textarea');
    if (!textarea || !isMessage(textarea.value)) return;
    this.refused = isTooLarge(this.attachments);
    if (this.refused) return;
    // Emptied at once: what is typed before the next frame is drawn belongs to the next message.
    textarea.value = '';
    this.draft = '';
    textarea.focus();
    this.dispatchEvent(new CustomEvent('send'));
  }
}

/** Whether there is something to send: white space is not, nor is a command without its query. */
function isMessage(text: string): boolean {
  return readTyped(text).message !== '';
}

customElements.define('endless-composer', EndlessComposer);
