import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { SLASH_COMMANDS } from '../../shared/slash-commands.ts';
import { icon } from '../actions.ts';
import { LightElement } from '../light-element.ts';

/** The commands and keys of the chat. Takes the focus when it comes; fires `close`. */
export class EndlessHelp extends LightElement {
  protected override render(): TemplateResult {
    const close = l10n.t('Close the help');
    return html`<section
      class="help"
      role="region"
      tabindex="0"
      aria-label=${l10n.t('Help')}
      @keydown=${(event: KeyboardEvent) => this.#closeOnEscape(event)}
    >
      <button type="button" class="icon-button" title=${close} aria-label=${close} @click=${() => this.#close()}>${icon('close')}</button>
      <h2>${l10n.t('Commands')}</h2>
      <dl>${SLASH_COMMANDS.map(({ name, describe }) => entry(`/${name}`, describe(l10n)))}</dl>
      <p>${l10n.t('“This code” is what is selected in the editor, or else what is around the cursor. More words may follow a command.')}</p>
      <h2>${l10n.t('Keys')}</h2>
      <dl>${keys().map(([key, meaning]) => entry(key, meaning))}</dl>
    </section>`;
  }

  protected override firstUpdated(): void {
    this.querySelector('section')?.focus();
  }

  #closeOnEscape(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    this.#close();
  }

  #close(): void {
    this.dispatchEvent(new CustomEvent('close'));
  }
}

function entry(term: string, meaning: string): TemplateResult {
  return html`<div>
    <dt>${term}</dt>
    <dd>${meaning}</dd>
  </div>`;
}

function keys(): readonly (readonly [string, string])[] {
  return [
    [l10n.t('Enter'), l10n.t('Send the message, or queue it')],
    [l10n.t('Shift+Enter'), l10n.t('Break the line')],
    [l10n.t('Space, /'), l10n.t('Write a message that begins with a slash')],
    ['@', l10n.t('Attach files, symbols, the selection and more')],
    [l10n.t('Esc'), l10n.t('Stop the answer, or close what is open')],
    [l10n.t('Up, Down'), l10n.t('Go through earlier messages')],
    [navigator.userAgent.includes('Mac') ? l10n.t('Cmd+F') : l10n.t('Ctrl+F'), l10n.t('Search the conversation')],
    [l10n.t('Left, Right'), l10n.t('Go through the actions of a message')],
  ];
}

customElements.define('endless-help', EndlessHelp);
