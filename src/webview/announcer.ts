import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { describeError } from '../shared/error-sentences.ts';
import type { Turn } from '../shared/protocol/turn.ts';
import { LightElement } from './light-element.ts';
import type { News } from './state/announcement.ts';

/** Shortest time between two announcements, so that a screen reader is not interrupted all the time. */
const PAUSE_MS = 1000;
/** Beyond this the answer is read in the transcript. */
const LONGEST = 600;

/** Tells screen readers what has happened: that an answer is there, say; the answer itself streams silently. */
export class EndlessAnnouncer extends LightElement {
  static override properties = { news: { attribute: false }, text: { state: true } };
  /** All that has happened so far; it only grows. */
  declare news: readonly News[];
  declare private text: string;
  #told = 0;
  #timer: number | undefined;

  constructor() {
    super();
    this.news = [];
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
    if (this.#told === this.news.length) return;
    const text = this.news.slice(this.#told).map(announcement).join(' ');
    // Who is told the same twice hears it once only, unless it differs.
    this.text = text === this.text ? `${text}\u00a0` : text;
    this.#told = this.news.length;
    this.#timer = window.setTimeout(() => this.#speak(), PAUSE_MS);
  }
}

function announcement(news: News): string {
  switch (news.kind) {
    case 'ended':
      return endAnnouncement(news.turn);
    case 'pinned':
      return news.pinned ? l10n.t('Message pinned') : l10n.t('Message unpinned');
    case 'forgotten':
      return l10n.t('Message forgotten');
  }
}

function endAnnouncement(turn: Turn): string {
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
