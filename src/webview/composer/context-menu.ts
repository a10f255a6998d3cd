import * as l10n from '@vscode/l10n';
import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { LONGEST_CONTEXT_QUERY, type Suggestion } from '../../shared/context-items.ts';
import { icon } from '../actions.ts';
import { express } from '../intent.ts';
import { figures } from '../localization.ts';
import type { Suggested } from '../state/attaching.ts';
import { attachmentIcon } from './attachment-label.ts';
import { suggestionTemplate } from './suggestion.ts';

/** What belongs to the menu in the text: from where on, and whether a sign stands there. */
interface Place {
  readonly start: number;
  readonly hasSign: boolean;
}

const ID = 'context-menu';

/** A sign at the beginning of a word, and what of the word stands before the cursor. */
const SIGN_AT_CURSOR = /(?:^|\s)@([^\s@]*)$/;

/**
 * The menu of what can be attached, over the composer: a list box for the text field beneath, which keeps the focus. It opens at an
 * `@`, or by its button, and goes by what is typed behind that.
 */
export class ContextMenu implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  #place: Place | undefined;
  /** Where an `@` stands that the user wants for itself. */
  #left: number | undefined;
  /** What was asked for; undefined while the menu is closed. */
  #query: string | undefined;
  #key = 0;
  #suggested: Suggested | undefined;
  #active = 0;
  /** Whether the user has taken what is still to come. */
  #takesFirst = false;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
  }

  get isOpen(): boolean {
    return this.#place !== undefined;
  }

  /** What a text field says of its list box; undefined where there is nothing to say. */
  get controls(): string | undefined {
    return this.isOpen ? ID : undefined;
  }

  get activeDescendant(): string | undefined {
    return this.isOpen && this.#options.length > 0 ? optionId(this.#active) : undefined;
  }

  /** What the host has told last. */
  tell(suggested: Suggested | undefined): void {
    if (suggested?.key !== this.#key || suggested === this.#suggested) return;
    if (this.#suggested?.key !== suggested.key) this.#active = 0;
    this.#suggested = suggested;
    if (this.#takesFirst && this.#options.length > 0) this.#take(this.#options[0]);
  }

  hostUpdated(): void {
    // In a list box that does not scroll with the focus somebody has to.
    if (this.isOpen) this.#host.querySelector(`#${ID} [aria-selected=true]`)?.scrollIntoView({ block: 'nearest' });
  }

  /** The cursor has gone elsewhere, perhaps away from what belongs to the menu. */
  moved(textarea: HTMLTextAreaElement): void {
    if (this.isOpen) this.typed(textarea);
  }

  /** The text has changed. */
  typed({ value, selectionStart }: HTMLTextAreaElement): void {
    const before = value.slice(0, selectionStart);
    if (this.#place && !this.#place.hasSign) {
      const { start } = this.#place;
      const query = before.slice(start);
      if (selectionStart < start || /\s/.test(query)) this.close();
      else this.#ask(query);
      return;
    }
    const sign = SIGN_AT_CURSOR.exec(before);
    const start = sign ? selectionStart - (sign[1] ?? '').length - 1 : undefined;
    if (start === undefined || start !== this.#left) this.#left = undefined;
    if (start === undefined || start === this.#left) return this.close();
    this.#place = { start, hasSign: true };
    this.#ask(sign?.[1] ?? '');
  }

  /** Opens without a sign, where the cursor is. */
  open(textarea: HTMLTextAreaElement): void {
    textarea.focus();
    this.#place = { start: textarea.selectionStart, hasSign: false };
    this.#ask('');
  }

  close(): void {
    this.#place = undefined;
    this.#query = undefined;
    this.#takesFirst = false;
    this.#suggested = undefined;
    this.#host.requestUpdate();
  }

  /** @returns whether the key was for the menu. */
  onKey(event: KeyboardEvent): boolean {
    if (!this.isOpen || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    switch (event.key) {
      case 'ArrowDown':
        this.#move(1);
        break;
      case 'ArrowUp':
        this.#move(-1);
        break;
      case 'Enter':
      case 'Tab':
        if (event.shiftKey || !this.#takeActive()) return false;
        break;
      case 'Escape':
        if (this.#place?.hasSign) this.#left = this.#place.start;
        this.close();
        break;
      default:
        return false;
    }
    event.preventDefault();
    return true;
  }

  template(): TemplateResult {
    return html`<span class="for-screen-readers" role="status">${this.#summary()}</span> ${this.isOpen ? this.#list() : nothing}`;
  }

  #list(): TemplateResult {
    const options = this.#options;
    const group = (title: string, belongs: (suggestion: Suggestion) => boolean): TemplateResult | typeof nothing => {
      const members = options.map((suggestion, index) => ({ suggestion, index })).filter(({ suggestion }) => belongs(suggestion));
      if (members.length === 0) return nothing;
      return html`<div role="group" aria-label=${title}>
        <div class="context-group" aria-hidden="true">${title}</div>
        ${members.map(({ suggestion, index }) => this.#option(suggestion, index))}
      </div>`;
    };
    return html`<div class="context-menu" @mousedown=${(event: Event) => event.preventDefault()}>
      <div id=${ID} role="listbox" aria-label=${l10n.t('Add context')}>
        ${group(l10n.t('Context'), ({ item }) => item.kind !== 'file' && item.kind !== 'symbol')}
        ${group(l10n.t('Files'), ({ item }) => item.kind === 'file')} ${group(l10n.t('Symbols'), ({ item }) => item.kind === 'symbol')}
      </div>
      ${options.length === 0 ? html`<p class="hint">${this.#summary()}</p>` : nothing}
      <p class="hint context-hint">${icon('info')}${l10n.t('Hold Shift to drop files here.')}</p>
    </div>`;
  }

  #option(suggestion: Suggestion, index: number): TemplateResult {
    return html`<div
      role="option"
      class="context-option"
      id=${optionId(index)}
      aria-selected=${index === this.#active}
      title=${suggestion.detail === '' ? suggestion.label : `${suggestion.label} ${suggestion.detail}`}
      @click=${() => this.#take(suggestion)}
    >
      ${attachmentIcon(suggestion.item.kind)}${suggestionTemplate(suggestion)}
    </div>`;
  }

  #summary(): string {
    if (!this.isOpen) return '';
    const { length } = this.#options;
    if (length > 0) return length === 1 ? l10n.t('1 suggestion') : l10n.t('{0} suggestions', figures.count(length));
    return this.#suggested?.isComplete ? l10n.t('Nothing is called like this.') : l10n.t('Looking…');
  }

  /** Those of the query before while nothing has come for the newest. */
  get #options(): readonly Suggestion[] {
    return this.#suggested?.suggestions ?? [];
  }

  #ask(query: string): void {
    if (query === this.#query) return;
    this.#key += 1;
    this.#query = query;
    express(this.#host, { type: 'suggest', key: this.#key, query: query.slice(0, LONGEST_CONTEXT_QUERY) });
    this.#host.requestUpdate();
  }

  #move(by: number): void {
    const { length } = this.#options;
    if (length > 0) this.#active = (this.#active + by + length) % length;
    this.#host.requestUpdate();
  }

  /** Who types and presses Enter at once means what is to come. */
  #takeActive(): boolean {
    if (this.#suggested?.key !== this.#key) this.#takesFirst = true;
    else if (this.#options.length > 0) this.#take(this.#options[this.#active]);
    else return false;
    return true;
  }

  /** What was typed for the menu goes: the chip stands for it. */
  #take(suggestion: Suggestion | undefined): void {
    const textarea = this.#host.querySelector('textarea');
    if (!suggestion || !textarea || !this.#place || this.#query === undefined) return;
    const end = this.#place.start + this.#query.length + (this.#place.hasSign ? 1 : 0);
    textarea.setRangeText('', this.#place.start, end, 'end');
    this.close();
    textarea.dispatchEvent(new InputEvent('input', { bubbles: true }));
    textarea.focus();
    express(this.#host, { type: 'attach', item: suggestion.item });
  }
}

function optionId(index: number): string {
  return `${ID}-${index}`;
}
