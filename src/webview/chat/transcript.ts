import * as l10n from '@vscode/l10n';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Turn } from '../../shared/protocol.ts';
import { icon } from '../actions.ts';
import { express } from '../intent.ts';
import { LightElement } from '../light-element.ts';
import type { Outgoing } from '../state/drafts.ts';
import type { OpenEdit } from '../state/edits.ts';
import { BottomFollower } from './bottom-follower.ts';
import { FocusKeeper } from './focus-keeper.ts';
import { mark } from '../mark.ts';
import { messageTemplate } from './turn.ts';

/**
 * A part of the conversation, oldest turn first. Follows the newest answer until the reader scrolls up. Fires `scrolled`
 * (CustomEvent<number | null>): pixels from the top, null at the newest answer; `newest` when the reader wants to go there; and
 * `vacant` when the last turn has left that could have the focus.
 */
export class EndlessTranscript extends LightElement {
  static override properties = {
    turns: { attribute: false },
    outbox: { attribute: false },
    edits: { attribute: false },
    hasEarlier: { type: Boolean },
    hasLater: { type: Boolean },
    target: { attribute: false },
    evictedUpTo: { type: Number },
    cachedTurns: { attribute: false, hasChanged: differ },
    partlyCachedTurns: { attribute: false, hasChanged: differ },
    section: { type: Number },
    startAt: { attribute: false },
  };
  declare turns: readonly Turn[];
  declare outbox: readonly Outgoing[];
  /** What messages are being changed to. */
  declare edits: readonly OpenEdit[];
  declare hasEarlier: boolean;
  declare hasLater: boolean;
  /** The turn to be brought before the reader, in an object of its own for each time. */
  declare target: { readonly turnId: number } | undefined;
  declare evictedUpTo: number;
  /** Turns of which something is in the cache. */
  declare cachedTurns: readonly number[];
  /** Those of them whose beginning has left it. */
  declare partlyCachedTurns: readonly number[];
  /** The part of the conversation that the next message belongs to. */
  declare section: number;
  /** Where to begin after a reload; read once. */
  declare startAt: number | undefined;

  readonly #follower = new BottomFollower(this);
  readonly #focus = new FocusKeeper(this);
  /** The turns before and behind which others have been asked for, so that two clicks ask for them once. */
  #askedBefore: number | undefined;
  #askedBehind: number | undefined;

  constructor() {
    super();
    this.turns = [];
    this.outbox = [];
    this.edits = [];
    this.hasEarlier = false;
    this.hasLater = false;
    this.evictedUpTo = 0;
    this.cachedTurns = [];
    this.partlyCachedTurns = [];
    this.section = 0;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('outbox');
    if (before !== undefined && before.length < this.outbox.length) this.#follower.follow();
    if (!changed.has('turns')) return;
    this.#focus.leave(changed.get('turns') ?? [], this.turns);
    this.#askedBefore = undefined;
    this.#askedBehind = undefined;
    this.#follower.keepPlace();
    if (changed.has('target') && this.target) this.#follower.leave();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (this.#focus.arrive(this.turns)) this.dispatchEvent(new CustomEvent('vacant'));
    if (changed.has('target') && this.target) void this.#show(this.target.turnId);
  }

  protected override firstUpdated(): void {
    this.#follower.start(this.#scroller, this.startAt);
  }

  protected override render(): TemplateResult {
    return html`<section class="scroller" tabindex="0" aria-label=${l10n.t('Conversation')} @scroll=${() => this.#scrolled()}>
        <div class="turns">
          ${this.hasEarlier ? this.#earlierButton() : nothing}
          ${this.turns.length === 0 && this.outbox.length === 0 ? this.#empty() : nothing}
          ${repeat(
            this.turns,
            (turn) => turn.id,
            (turn, index) => this.#turn(turn, index),
          )}
          ${this.hasLater ? this.#laterButton() : nothing}
          ${!this.hasLater && startsSection(this.turns.at(-1), this.section) ? sectionDivider() : nothing}
          ${this.outbox.map((outgoing) => html`<div class="turn">${messageTemplate(outgoing.message, sendingBadge())}</div>`)}
        </div>
      </section>
      ${this.#follower.following ? nothing : this.#jumpButton()}`;
  }

  #empty(): TemplateResult {
    return html`<div class="empty">
      ${mark()}
      <p>${l10n.t('Ask about your code, or about anything. The conversation can go on all day.')}</p>
      <p class="hint">${l10n.t('Type / for commands, /help for keys.')}</p>
    </div>`;
  }

  #turn(turn: Turn, index: number): TemplateResult {
    const next = this.turns[index + 1];
    const evicted = turn.id <= this.evictedUpTo;
    const isEdge = evicted && (next === undefined ? !this.hasLater : next.id > this.evictedUpTo);
    const nextIsPartlyCached = next !== undefined && this.partlyCachedTurns.includes(next.id);
    const cached = this.cachedTurns.includes(turn.id);
    return html`${startsSection(this.turns[index - 1], turn.section) ? sectionDivider() : nothing}
      ${this.partlyCachedTurns.includes(turn.id) ? this.#beginningDivider() : nothing}
      <div class="turn ${cached ? 'cached' : ''} ${turn.id === this.target?.turnId ? 'target' : ''}" tabindex="-1" data-turn=${turn.id}>
        <endless-turn
          .turn=${turn}
          .isLast=${next === undefined && !this.hasLater}
          .isCached=${cached}
          .edit=${this.edits.find(({ turnId }) => turnId === turn.id)}
        ></endless-turn>
      </div>
      ${isEdge && !nextIsPartlyCached ? this.#divider() : nothing}`;
  }

  /** Nothing leaves silently. */
  #divider(): TemplateResult {
    return dividerTemplate(
      'arrow-up',
      l10n.t("No longer in the model's cache"),
      l10n.t('The transcript keeps everything; the model itself no longer knows what stands above this line.'),
    );
  }

  #beginningDivider(): TemplateResult {
    return dividerTemplate(
      'arrow-down',
      l10n.t('The cache begins within this turn'),
      l10n.t('The transcript keeps everything; the model itself knows the end of the turn below this line, and nothing before that.'),
    );
  }

  #earlierButton(): TemplateResult {
    return html`<button type="button" class="button earlier" @click=${() => this.#loadEarlier()}>
      ${icon('history')}${l10n.t('Load earlier messages')}
    </button>`;
  }

  #laterButton(): TemplateResult {
    return html`<button type="button" class="button later" @click=${() => this.#loadLater()}>
      ${icon('history')}${l10n.t('Load later messages')}
    </button>`;
  }

  #jumpButton(): TemplateResult {
    return html`<button type="button" class="jump" @click=${() => this.#goToNewest()}>
      ${icon('arrow-down')}${l10n.t('Jump to latest')}
    </button>`;
  }

  #goToNewest(): void {
    this.#follower.follow();
    this.dispatchEvent(new CustomEvent('newest'));
  }

  /** Its answer takes a frame to be drawn. */
  async #show(turnId: number): Promise<void> {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const turn = this.querySelector<HTMLElement>(`[data-turn="${turnId}"]`);
    if (!turn) return;
    // Scrolling it into view would scroll the page around the transcript, too.
    this.#scroller.scrollTop += turn.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
    turn.focus({ preventScroll: true });
  }

  #scrolled(): void {
    this.#follower.scrolled(this.hasLater);
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    if (!this.#follower.following && scrollTop <= 0) this.#loadEarlier();
    if (!this.#follower.following && scrollHeight - clientHeight - scrollTop < 1) this.#loadLater();
    this.dispatchEvent(new CustomEvent('scrolled', { detail: this.#follower.following ? null : this.#scroller.scrollTop }));
  }

  #loadEarlier(): void {
    const before = this.turns[0]?.id;
    if (!this.hasEarlier || before === undefined || before === this.#askedBefore) return;
    this.#askedBefore = before;
    express(this, { type: 'earlier', before });
  }

  #loadLater(): void {
    const after = this.turns.at(-1)?.id;
    if (!this.hasLater || after === undefined || after === this.#askedBehind) return;
    this.#askedBehind = after;
    express(this, { type: 'later', after });
  }

  get #scroller(): HTMLElement {
    return this.renderRoot.querySelector('.scroller') as HTMLElement;
  }
}

/** Whether a new part of the conversation begins behind a turn; before the first of all there is nothing to divide. */
function startsSection(before: Turn | undefined, section: number): boolean {
  return before !== undefined && before.section < section;
}

function sendingBadge(): TemplateResult {
  return html`<span class="badge">${l10n.t('Sending…')}</span>`;
}

function sectionDivider(): TemplateResult {
  return html`<div class="section-divider" role="separator" aria-label=${l10n.t('New section')}>
    <span>${l10n.t('New section')}</span>
  </div>`;
}

function dividerTemplate(arrow: 'arrow-up' | 'arrow-down', text: string, explanation: string): TemplateResult {
  return html`<div class="divider" role="note"><span title=${explanation}>${icon(arrow)}${text}</span></div>`;
}

/** A new list of the same turns is no reason to draw. */
function differ(now: readonly number[], before?: readonly number[]): boolean {
  return String(now) !== String(before);
}

customElements.define('endless-transcript', EndlessTranscript);
