import * as l10n from '@vscode/l10n';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import { live } from 'lit/directives/live.js';
import type { DraftAttachment } from '../../shared/context-items.ts';
import { isComplete, readSlash } from '../../shared/slash-commands.ts';
import { icon } from '../actions.ts';
import { LightElement } from '../light-element.ts';
import { isTooLarge, type Suggested } from '../state/attaching.ts';
import { chipsTemplate } from './chips.ts';
import { ContextMenu } from './context-menu.ts';
import { InputHistory } from './input-history.ts';
import { SlashMenu } from './slash-menu.ts';

/**
 * Where the user writes. Fires `draft` (CustomEvent<string>) on every change, `browse` (CustomEvent<string>) when a line
 * from before stands in its place, `send` on Enter, and `stop`; the draft itself is owned by the session.
 */
export class EndlessComposer extends LightElement {
  static override properties = {
    draft: {},
    insertions: { type: Number },
    busy: { type: Boolean },
    typedLines: { attribute: false },
    attachments: { attribute: false },
    suggested: { attribute: false },
    refused: { state: true },
  };
  declare draft: string;
  /** How many texts were put into the draft for the user; with each of them the cursor goes behind it. */
  declare insertions: number;
  declare busy: boolean;
  /** What was typed before, oldest first. */
  declare typedLines: () => readonly string[];
  readonly #history = new InputHistory();
  readonly #slash = new SlashMenu(this, (text, runs) => this.#takeCommand(text, runs));
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
    this.typedLines = () => [];
    this.attachments = [];
    this.refused = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // What was put into the draft is what stands there now.
    if (changed.has('insertions')) this.#history.reset();
    if (changed.has('suggested')) this.#menu.tell(this.suggested);
    if (!isTooLarge(this.attachments)) this.refused = false;
  }

  protected override render(): TemplateResult {
    return html`<form class="composer" @submit=${(event: Event) => this.#submit(event)}>
      ${this.#slash.template()} ${this.#menu.template()} ${chipsTemplate(this.attachments, this.refused)}
      <textarea
        rows="1"
        .value=${live(this.draft)}
        placeholder=${this.busy ? l10n.t('Queue a message…') : l10n.t('Ask Endless…')}
        aria-label=${l10n.t('Message to Endless')}
        aria-describedby="composer-keys"
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls=${ifDefined(this.#slash.listId ?? this.#menu.controls)}
        aria-activedescendant=${ifDefined(this.#slash.activeOption ?? this.#menu.activeDescendant)}
        @input=${(event: InputEvent) => this.#onInput(event.target as HTMLTextAreaElement)}
        @selectionchange=${(event: Event) => this.#menu.moved(event.target as HTMLTextAreaElement)}
        @keydown=${(event: KeyboardEvent) => this.#onKey(event)}
        @blur=${() => this.#closeMenus()}
      ></textarea>
      <div class="composer-bar">
        ${this.#contextButton()}
        <span class="hint" id="composer-keys">${this.#hint()}</span>
        ${this.busy ? this.#stopButton() : nothing}
        <button type="submit" class="send" title=${this.#sendLabel()} aria-label=${this.#sendLabel()} ?disabled=${!isSendable(this.draft)}>
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
    return html`<button
      type="button"
      class="stop"
      title=${label}
      aria-label=${label}
      @click=${() => this.dispatchEvent(new CustomEvent('stop'))}
    >
      ${icon('stop-circle')}
    </button>`;
  }

  #hint(): string {
    const line = readSlash(this.draft);
    if (line && !isComplete(line)) {
      return line.words === '' ? l10n.t('/recall needs words to look for') : l10n.t('/{0} takes no words behind it', line.command.name);
    }
    return this.busy ? l10n.t('Enter queues · Esc stops') : l10n.t('Enter sends · Shift+Enter breaks');
  }

  #sendLabel(): string {
    return this.busy ? l10n.t('Queue message') : l10n.t('Send message');
  }

  #onInput(textarea: HTMLTextAreaElement): void {
    this.#slash.follow(textarea.value);
    this.#change(textarea.value);
    this.#menu.typed(textarea);
  }

  #closeMenus(): void {
    this.#slash.close();
    this.#menu.close();
  }

  /** A line from before that is changed is the draft from then on. */
  #change(draft: string): void {
    this.#history.reset();
    this.#stand(draft);
  }

  /** The app draws once in a frame; what is drawn here before that must not be what was there before. */
  #stand(text: string): void {
    this.draft = text;
    this.dispatchEvent(new CustomEvent(this.#history.isBrowsing ? 'browse' : 'draft', { detail: text }));
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

  /** Keys that end a composition belong to the input method. */
  #onKey(event: KeyboardEvent): void {
    if (event.isComposing || this.#slash.onKey(event) || this.#menu.onKey(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) this.#submit(event);
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') this.#browse(event, event.key === 'ArrowUp' ? 'earlier' : 'later');
  }

  /** The cursor goes to the end of the text that it comes from, so that the same key leads on. */
  #browse(event: KeyboardEvent, direction: 'earlier' | 'later'): void {
    const textarea = event.target as HTMLTextAreaElement;
    const { selectionStart, selectionEnd, value } = textarea;
    const isAtEdge =
      selectionStart === selectionEnd && (selectionStart === 0 || (this.#history.isBrowsing && selectionStart === value.length));
    if (!isAtEdge || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
    const text = this.#history.step(direction, value, this.typedLines());
    if (text === undefined) return;
    event.preventDefault();
    textarea.value = text;
    this.#stand(text);
    if (direction === 'earlier') textarea.setSelectionRange(0, 0);
  }

  #takeCommand(text: string, runs: boolean): void {
    const textarea = this.querySelector('textarea');
    if (!textarea) return;
    textarea.value = text;
    this.#change(text);
    if (runs) this.#submit();
  }

  #submit(event?: Event): void {
    event?.preventDefault();
    const textarea = this.querySelector('textarea');
    if (!textarea || !isSendable(textarea.value)) return;
    this.refused = isForModel(textarea.value) && isTooLarge(this.attachments);
    if (this.refused) return;
    // At once: what is typed before the next frame is drawn belongs to the next message.
    this.draft = this.#history.reset();
    textarea.value = this.draft;
    textarea.focus();
    this.dispatchEvent(new CustomEvent('send'));
  }
}

/** Whether it goes to the model; other commands are carried out here. */
function isForModel(text: string): boolean {
  const line = readSlash(text);
  return !line || line.command.name === 'recall';
}

/** Whether there is something to send: white space is not, nor is a command without its query. */
function isSendable(text: string): boolean {
  const line = readSlash(text);
  return line ? isComplete(line) : text.trim() !== '';
}

customElements.define('endless-composer', EndlessComposer);
