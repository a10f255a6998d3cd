import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { turnsIn, turnsPartlyIn } from '../shared/cache-layout.ts';
import { errorTemplate, icon } from './actions.ts';
import './announcer.ts';
import { bannerTemplate } from './banner.ts';
import './cache/cache-bar.ts';
import './cache/cache-panel.ts';
import { activityTemplate } from './chat/activity.ts';
import './chat/transcript.ts';
import './composer/composer.ts';
import './composer/help.ts';
import { acceptDrops } from './composer/drops.ts';
import type { Host } from './host/host.ts';
import { onIntent } from './intent.ts';
import { LightElement } from './light-element.ts';
import './search/search-panel.ts';
import type { Session } from './session.ts';
import { messagesOf, openTurn } from './state/conversation.ts';
import { withoutReplaced, written } from './state/drafts.ts';
import { editCost, type OpenEdit } from './state/edits.ts';
import type { Wish } from './state/wish.ts';
import type { Place } from './state/place.ts';
import { welcomeTemplate } from './welcome.ts';
import { onWish } from './wish.ts';

const NO_EDITS: readonly OpenEdit[] = [];

/** The whole sidebar: the cache on top, the transcript, and the composer, which stays usable whatever happens. */
export class EndlessApp extends LightElement {
  readonly #host: Host;
  readonly #session: Session;
  readonly #typedLines = (): readonly string[] => this.#session.typedLines;

  constructor(host: Host, session: Session) {
    super();
    this.#host = host;
    this.#session = session;
    onIntent(this, (message) => host.post(message));
    onWish(this, (wish) => this.#fulfil(wish));
    acceptDrops(this);
    this.addEventListener('keydown', (event) => this.#stopOnEscape(event));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#session.start(() => this.requestUpdate());
  }

  /** Draws once per frame at most, however fast the text comes in. */
  protected override async scheduleUpdate(): Promise<void> {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    await super.scheduleUpdate();
  }

  protected override render(): TemplateResult {
    const { status } = this.#session.conversation;
    return html`
      <header>
        <h1 class="for-screen-readers">${l10n.t('Endless')}</h1>
        ${
          status
            ? html`<endless-cache-bar
                .status=${status}
                .open=${this.#session.cacheOpen}
                @open=${(event: CustomEvent<boolean>) => (event.detail ? this.#session.openCache() : this.#closeCache())}
              ></endless-cache-bar>`
            : nothing
        }
      </header>
      <main>${this.#main()}</main>
      <footer>
        ${status ? activityTemplate(status, this.#session.conversation.modelName) : nothing} ${this.#rejection()} ${this.#help()}
        ${this.#composer()}
      </footer>
      <endless-announcer .news=${this.#session.news}></endless-announcer>
    `;
  }

  #main(): TemplateResult | typeof nothing {
    const { connection, shown, target, status } = this.#session.conversation;
    const { outbox } = this.#session.drafts;
    const turns = withoutReplaced(shown.turns, this.#session.drafts);
    if (!connection) return nothing;
    if (connection.kind === 'noModel' && this.#session.isWelcome) return welcomeTemplate(connection.error, this.#session.downloads);
    return html`${bannerTemplate(connection)}
      <endless-transcript
        .turns=${turns}
        .outbox=${outbox}
        .edits=${this.#edits()}
        .hasEarlier=${shown.hasEarlier}
        .hasLater=${shown.hasLater && turns.length === shown.turns.length}
        .target=${target}
        ?inert=${this.#session.search.open || this.#session.cacheOpen}
        .evictedUpTo=${status?.evictedUpTo ?? 0}
        .cachedTurns=${status?.cache ? turnsIn(status.cache) : []}
        .partlyCachedTurns=${status?.cache ? turnsPartlyIn(status.cache) : []}
        .section=${status?.section ?? 0}
        .startAt=${this.#session.place}
        @scrolled=${(event: CustomEvent<Place | null>) => this.#session.setPlace(event.detail ?? undefined)}
        @newest=${() => this.#session.showNewest()}
        @vacant=${() => this.#focusComposer()}
      ></endless-transcript>
      ${this.#search()} ${this.#cachePanel()}`;
  }

  #search(): TemplateResult | typeof nothing {
    const { search } = this.#session;
    if (!search.open) return nothing;
    return html`<endless-search
      .query=${search.query}
      .found=${search.found}
      .asked=${search.asked}
      @query=${(event: CustomEvent<string>) => this.#session.seek(event.detail)}
      @choose=${(event: CustomEvent<number>) => this.#session.showTurn(event.detail)}
      @close=${() => this.#closeSearch()}
    ></endless-search>`;
  }

  #cachePanel(): TemplateResult | typeof nothing {
    const { cacheOpen, cacheAsked, samples, conversation } = this.#session;
    if (!cacheOpen || !conversation.status) return nothing;
    return html`<endless-cache-panel
      .status=${conversation.status}
      .messages=${messagesOf(conversation)}
      .samples=${samples}
      .asked=${cacheAsked}
      @show=${(event: CustomEvent<number>) => this.#session.showTurn(event.detail)}
      @close=${() => this.#closeCache()}
    ></endless-cache-panel>`;
  }

  /** Back to where it was opened, as far as that is there. */
  #closeCache(): void {
    this.#session.closeCache();
    const bar = this.querySelector<HTMLElement>('.gauge');
    if (bar) bar.focus();
    else this.#focusComposer();
  }

  #closeSearch(): void {
    this.#session.closeSearch();
    this.#focusComposer();
  }

  #edits(): readonly OpenEdit[] {
    const { drafts, conversation } = this.#session;
    if (drafts.edits.length === 0) return NO_EDITS;
    const isHeldUp = drafts.outbox.length > 0;
    return drafts.edits.map((edit) => ({ ...edit, cost: editCost(edit.turnId, conversation), isHeldUp }));
  }

  /** What was sent anew leaves its place, and the focus with it. */
  #fulfil(wish: Wish): void {
    if (this.#session.fulfil(wish)) this.#focusComposer();
  }

  #help(): TemplateResult | typeof nothing {
    return this.#session.helpOpen ? html`<endless-help @close=${() => this.#closeHelp()}></endless-help>` : nothing;
  }

  #closeHelp(): void {
    this.#session.closeHelp();
    this.#focusComposer();
  }

  #focusComposer(): void {
    this.querySelector<HTMLElement>('endless-composer textarea')?.focus();
  }

  #composer(): TemplateResult {
    return html`<endless-composer
      .draft=${live(written(this.#session.drafts))}
      .insertions=${this.#session.insertions}
      .busy=${openTurn(this.#session.conversation) !== undefined}
      .typedLines=${this.#typedLines}
      .attachments=${this.#session.attachments}
      .suggested=${this.#session.suggested}
      @draft=${(event: CustomEvent<string>) => this.#session.setDraft(event.detail)}
      @browse=${(event: CustomEvent<string>) => this.#session.browse(event.detail)}
      @send=${() => this.#session.send()}
      @stop=${() => this.#stop()}
    ></endless-composer>`;
  }

  /** Why the draft came back. */
  #rejection(): TemplateResult | typeof nothing {
    const { rejection } = this.#session.drafts;
    if (!rejection) return nothing;
    return html`<div class="banner rejection" role="alert">
      ${icon('error')}
      <div class="body">${errorTemplate(rejection)}</div>
      <button type="button" class="icon-button" title=${l10n.t('Dismiss')} @click=${() => this.#session.dismissRejection()}>
        ${icon('close')}<span class="for-screen-readers">${l10n.t('Dismiss')}</span>
      </button>
    </div>`;
  }

  /** Not a keybinding of VS Code: what is open within the page takes the key first. A key that is held is meant for one answer. */
  #stopOnEscape(event: KeyboardEvent): void {
    if (event.key === 'Escape' && !event.repeat && !event.defaultPrevented && !event.isComposing) this.#stop();
  }

  /** The turn is named: when the engine hears of it another one may be running. */
  #stop(): void {
    const turn = openTurn(this.#session.conversation);
    if (turn) this.#host.post({ type: 'stop', turnId: turn.id });
  }
}

customElements.define('endless-app', EndlessApp);
