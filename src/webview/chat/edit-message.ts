import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { readTyped } from '../../shared/recall-command.ts';
import { LightElement } from '../light-element.ts';
import { duration, figures } from '../localization.ts';
import type { EditCost, OpenEdit } from '../state/edits.ts';
import { wishFor } from '../wish.ts';

/** Changes a message where it stands, and says before what sending it costs. Fires `cancel`; the text itself is owned by the session. */
export class EndlessEdit extends LightElement {
  static override properties = { edit: { attribute: false }, hasAttachments: { type: Boolean } };
  declare edit: OpenEdit;
  declare hasAttachments: boolean;

  protected override render(): TemplateResult {
    const { turnId, text, cost, isHeldUp } = this.edit;
    const costId = `edit-cost-${turnId}`;
    const attached = this.hasAttachments ? ` ${l10n.t('What is attached to it stays.')}` : '';
    return html`<form class="edit" aria-label=${l10n.t('Edit the message')} @submit=${(event: Event) => this.#send(event)}>
      <textarea
        rows="1"
        .value=${live(text)}
        aria-label=${l10n.t('Message')}
        aria-describedby=${costId}
        @input=${(event: InputEvent) => this.#change((event.target as HTMLTextAreaElement).value)}
        @keydown=${(event: KeyboardEvent) => this.#onKey(event)}
      ></textarea>
      <p class="hint" id=${costId}>${costSentence(cost)}${attached}</p>
      <p class="hint" role="status">${isHeldUp ? heldUpSentence() : nothing}</p>
      <div class="actions">
        <button type="submit" class="button primary" ?disabled=${!this.#isSendable}>${l10n.t('Send')}</button>
        <button type="button" class="button" @click=${() => this.#cancel()}>${l10n.t('Cancel')}</button>
      </div>
    </form>`;
  }

  get #isSendable(): boolean {
    return readTyped(this.edit.text).message !== '' && !this.edit.isHeldUp;
  }

  #change(text: string): void {
    wishFor(this, { type: 'edit', turnId: this.edit.turnId, text });
  }

  /** Enter and Escape that end a composition belong to the input method. */
  #onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) return this.#send(event);
    if (event.key !== 'Escape') return;
    event.preventDefault();
    this.#cancel();
  }

  #send(event: Event): void {
    event.preventDefault();
    if (this.#isSendable) wishFor(this, { type: 'sendEdit', turnId: this.edit.turnId });
  }

  #cancel(): void {
    this.dispatchEvent(new CustomEvent('cancel'));
  }
}

function heldUpSentence(): string {
  return l10n.t('Another message is still on its way: this one can be sent as soon as that has arrived.');
}

function costSentence({ leaving, reread }: EditCost): string {
  return [leavingSentence(leaving), ...(reread ? [rereadSentence(reread)] : [])].join(' ');
}

function leavingSentence(leaving: number | undefined): string {
  switch (leaving) {
    case undefined:
      return l10n.t('All messages behind it leave the conversation.');
    case 0:
      return l10n.t('Its answer is written anew.');
    case 1:
      return l10n.t('The message behind it leaves the conversation.');
    default:
      return l10n.t('The {0} messages behind it leave the conversation.', figures.count(leaving));
  }
}

function rereadSentence({ tokens, seconds }: NonNullable<EditCost['reread']>): string {
  const count = figures.count(tokens);
  return seconds === undefined
    ? l10n.t('Its place has left the cache: up to {0} tokens are read again.', count)
    : l10n.t('Its place has left the cache: up to {0} tokens are read again, in about {1}.', count, duration(seconds * 1000));
}

customElements.define('endless-edit', EndlessEdit);
