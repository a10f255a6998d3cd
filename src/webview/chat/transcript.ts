import * as l10n from '@vscode/l10n';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Turn } from '../../shared/protocol/turn.ts';
import { icon } from '../actions.ts';
import { express } from '../intent.ts';
import { FocusKeeper } from '../focus-keeper.ts';
import { LightElement } from '../light-element.ts';
import type { Outgoing } from '../state/drafts.ts';
import type { OpenEdit } from '../state/edits.ts';
import type { Place } from '../state/place.ts';
import { BottomFollower } from './bottom-follower.ts';
import { DrawnTurns, type Run } from './drawn-turns.ts';
import { mark } from '../mark.ts';
import { messageTemplate } from './turn.ts';

/** How far from its end the next page is asked for, in heights of what is seen: it is there before the reader is. */
const AHEAD = 2;

/**
 * A part of the conversation, oldest turn first. Follows the newest answer until the reader scrolls up. Fires `scrolled`
 * (CustomEvent<Place | null>): where the reader is, null at the newest answer; `newest` when the reader wants to go there; and
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
  declare startAt: Place | undefined;

  readonly #follower = new BottomFollower(this);
  readonly #focus = new FocusKeeper(this, 'data-turn');
  readonly #drawn = new DrawnTurns();
  #run: Run = { from: 0, to: 0 };
  /** Where to go, until what has to be there for it is drawn. */
  #goal: Place | undefined;
  #frame = 0;
  /** The turns before and behind which others have been asked for, so that two clicks ask for them once. */
  #askedBefore: number | undefined;
  #askedBehind: number | undefined;
  /** Those for which nothing has come: only who wants it asks again. */
  #vainBefore: number | undefined;
  #vainBehind: number | undefined;

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
    if (!this.hasUpdated && this.startAt) this.#goTo(this.startAt);
    const before = changed.get('outbox');
    if (before !== undefined && before.length < this.outbox.length) this.#follow();
    if (changed.has('turns')) {
      this.#focus.leave(idsOf(changed.get('turns') ?? []), idsOf(this.turns));
      this.#noteAnswers();
    }
    if (changed.has('target') && this.target) this.#goTo({ turnId: this.target.turnId, offset: 0 });
    const first = this.#drawn.within(this.turns).from;
    this.#run = this.#drawn.grow(this.turns, this.#goal?.turnId);
    if (this.#run.from < first) this.#follower.keepPlace();
  }

  protected override updated(): void {
    if (this.#focus.arrive(idsOf(this.turns))) this.dispatchEvent(new CustomEvent('vacant'));
    cancelAnimationFrame(this.#frame);
    // The answers take until then to be drawn.
    this.#frame = requestAnimationFrame(() => this.#goOn());
  }

  protected override firstUpdated(): void {
    this.#follower.start(this.#scroller);
  }

  protected override render(): TemplateResult {
    const { from, to } = this.#run;
    return html`<section
        class="scroller"
        tabindex="0"
        aria-label=${l10n.t('Conversation')}
        aria-busy=${!this.#isDrawn}
        @scroll=${() => this.#scrolled()}
      >
        <div class="turns">
          ${this.hasEarlier ? this.#earlierButton() : nothing}
          ${this.turns.length === 0 && this.outbox.length === 0 ? this.#empty() : nothing}
          ${repeat(
            this.turns.slice(from, to),
            (turn) => turn.id,
            (turn, index) => this.#turn(turn, from + index),
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
      <p class="hint">${l10n.t('Type @ for context, / for commands, /help for keys.')}</p>
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
          .isLast=${next === undefined && !this.hasLater && this.outbox.length === 0}
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
    return html`<button type="button" class="button earlier" @click=${() => this.#loadEarlier(true)}>
      ${icon('history')}${l10n.t('Load earlier messages')}
    </button>`;
  }

  #laterButton(): TemplateResult {
    return html`<button type="button" class="button later" @click=${() => this.#loadLater(true)}>
      ${icon('history')}${l10n.t('Load later messages')}
    </button>`;
  }

  #jumpButton(): TemplateResult {
    return html`<button type="button" class="jump" @click=${() => this.#goToNewest()}>
      ${icon('arrow-down')}${l10n.t('Jump to latest')}
    </button>`;
  }

  get #isDrawn(): boolean {
    return this.#run.from === 0 && this.#run.to === this.turns.length;
  }

  #goToNewest(): void {
    this.#follow();
    this.dispatchEvent(new CustomEvent('newest'));
  }

  #follow(): void {
    this.#goal = undefined;
    this.#follower.follow();
  }

  #goTo(place: Place): void {
    this.#goal = place;
    this.#follower.leave();
  }

  /** Draws what is still to be drawn, or sees whether more is wanted. */
  #goOn(): void {
    this.#approach();
    if (this.#isDrawn) this.#loadWhatIsNear();
    else this.requestUpdate();
  }

  #approach(): void {
    if (!this.#goal || this.turns.length === 0) return;
    const { turnId, offset } = this.#goal;
    const turn = this.querySelector<HTMLElement>(`[data-turn="${turnId}"]`);
    if (turn) {
      // Scrolling it into view would scroll the page around the transcript, too.
      this.#scroller.scrollTop += turn.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top + offset;
      if (turnId === this.target?.turnId) turn.focus({ preventScroll: true });
      // What comes below may be needed to get there.
      if (this.#run.to === this.turns.length) this.#goal = undefined;
    } else if (!this.turns.some(({ id }) => id === turnId)) this.#follow();
  }

  #scrolled(): void {
    if (this.#goal) return;
    this.#follower.scrolled(this.hasLater || this.#run.to < this.turns.length);
    this.#loadWhatIsNear();
    this.dispatchEvent(new CustomEvent<Place | null>('scrolled', { detail: this.#follower.following ? null : this.#place() }));
  }

  #place(): Place | null {
    const edge = this.#scroller.getBoundingClientRect().top;
    const turns = [...this.querySelectorAll<HTMLElement>('[data-turn]')];
    const seen = turns.find((turn) => turn.getBoundingClientRect().bottom > edge);
    return seen ? { turnId: Number(seen.dataset['turn']), offset: edge - seen.getBoundingClientRect().top } : null;
  }

  #loadWhatIsNear(): void {
    if (this.#follower.following || !this.#isDrawn || this.#goal) return;
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const below = scrollHeight - clientHeight - scrollTop;
    if (scrollTop < AHEAD * clientHeight) this.#loadEarlier(scrollTop <= 0);
    if (below < AHEAD * clientHeight) this.#loadLater(below < 1);
  }

  #loadEarlier(wanted: boolean): void {
    const before = this.turns[0]?.id;
    if (!this.hasEarlier || before === undefined || before === this.#askedBefore) return;
    if (before === this.#vainBefore && !wanted) return;
    this.#askedBefore = before;
    express(this, { type: 'earlier', before });
  }

  #loadLater(wanted: boolean): void {
    const after = this.turns.at(-1)?.id;
    if (!this.hasLater || after === undefined || after === this.#askedBehind) return;
    if (after === this.#vainBehind && !wanted) return;
    this.#askedBehind = after;
    express(this, { type: 'later', after });
  }

  /** What has come may be a page, or another change of the turns: then they begin and end where they did. */
  #noteAnswers(): void {
    const asked = { before: this.#askedBefore ?? this.#vainBefore, behind: this.#askedBehind ?? this.#vainBehind };
    this.#vainBefore = asked.before === this.turns[0]?.id ? asked.before : undefined;
    this.#vainBehind = asked.behind === this.turns.at(-1)?.id ? asked.behind : undefined;
    this.#askedBefore = undefined;
    this.#askedBehind = undefined;
  }

  get #scroller(): HTMLElement {
    return this.renderRoot.querySelector('.scroller') as HTMLElement;
  }
}

function idsOf(turns: readonly Turn[]): readonly number[] {
  return turns.map(({ id }) => id);
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
