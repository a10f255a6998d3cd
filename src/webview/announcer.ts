import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { describeError } from '../shared/error-sentences.ts';
import type { Turn } from '../shared/protocol.ts';
import { LightElement } from './light-element.ts';

/** Shortest time between two announcements, so that a screen reader is not interrupted all the time. */
const PAUSE_MS = 1000;
/** Beyond this the answer is read in the transcript. */
const LONGEST = 600;

/** Tells screen readers that an answer is there; the answer itself streams silently. */
export class EndlessAnnouncer extends LightElement {
  static override properties = { ended: { attribute: false }, text: { state: true } };
  /** All turns that have ended so far; it only grows. */
  declare ended: readonly Turn[];
  declare private text: string;
  #told = 0;
  #timer: number | undefined;

  constructor() {
    super();
    this.ended = [];
    this.text = '';
  }

  protected override willUpdate(): void {
    if (this.#timer === undefined) this.#speak();
  }

  protected override render(): TemplateResult {
    return html`<div class="for-screen-readers" role="status" aria-live="polite">${this.text}</div>`;
  }

  #speak(): void {
    this.#timer = undefined;
    if (this.#told === this.ended.length) return;
    this.text = this.ended.slice(this.#told).map(announcement).join(' ');
    this.#told = this.ended.length;
    this.#timer = window.setTimeout(() => this.#speak(), PAUSE_MS);
  }
}

function announcement(turn: Turn): string {
  switch (turn.state) {
    case 'failed':
      return turn.error ? describeError(l10n, turn.error).sentence : l10n.t('The answer failed.');
    case 'interrupted':
      return l10n.t('The answer was interrupted.');
    case 'stopped':
      return l10n.t('The answer was stopped.');
    case 'queued':
    case 'running':
    case 'done':
      return turn.answer.length > LONGEST
        ? l10n.t('Endless answered: {0} … The rest is in the conversation.', turn.answer.slice(0, LONGEST))
        : l10n.t('Endless answered: {0}', turn.answer);
  }
}

customElements.define('endless-announcer', EndlessAnnouncer);
