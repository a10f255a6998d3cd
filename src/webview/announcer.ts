import * as l10n from '@vscode/l10n';
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { describeError } from '../shared/error-sentences.ts';
import type { Turn } from '../shared/protocol.ts';
import { LightElement } from './light-element.ts';
import { endedTurns } from './state/announcement.ts';

/** Shortest time between two announcements, so that a screen reader is not interrupted all the time. */
const PAUSE_MS = 1000;
/** Beyond this the answer is read in the transcript. */
const LONGEST = 600;

/** Tells screen readers that an answer is there; the answer itself streams silently. */
export class EndlessAnnouncer extends LightElement {
  static override properties = { turns: { attribute: false }, text: { state: true } };
  declare turns: readonly Turn[];
  declare private text: string;
  #waiting: readonly string[] = [];
  #timer: number | undefined;

  constructor() {
    super();
    this.turns = [];
    this.text = '';
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('turns');
    if (before === undefined) return;
    this.#waiting = [...this.#waiting, ...endedTurns(before, this.turns).map(announcement)];
    if (this.#timer === undefined) this.#speak();
  }

  protected override render(): TemplateResult {
    return html`<div class="for-screen-readers" role="status" aria-live="polite">${this.text}</div>`;
  }

  #speak(): void {
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    this.text = this.#waiting.join(' ');
    this.#waiting = [];
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
