import type { Turn } from '../shared/protocol.ts';
import { readHostMessage } from './host/host-message.ts';
import type { Host, Memory } from './host/host.ts';
import { accept, dispatch, insert, reject, type Drafts } from './state/drafts.ts';
import { endedBy } from './state/announcement.ts';
import { afterMessage, atNewest, UNKNOWN_CONVERSATION, type Conversation, type ConversationMessage } from './state/conversation.ts';
import type { Place } from './state/place.ts';
import { NO_SEARCH, opened, withFound, withQuery, type Search } from './state/search.ts';

/** What a session needs of the host. */
type Channel = Pick<Host, 'post' | 'recall' | 'remember'>;

/**
 * Owns what the webview knows: the host's conversation and the user's drafts. Data flows one way: a message or an input
 * comes in, a new state goes out to the one listener.
 */
export class Session {
  readonly #host: Channel;
  #memory: Memory;
  #conversation: Conversation = UNKNOWN_CONVERSATION;
  #drafts: Drafts;
  #ended: readonly Turn[] = [];
  #insertions = 0;
  #cacheOpen = false;
  #search = NO_SEARCH;
  /** The turn that the reader waits for to be shown; undefined once it is, or something else was done. */
  #sought: number | undefined;
  /** Keys of what the host wanted; it may ask again before it hears that it is done. */
  readonly #done = new Set<string>();
  #listener: () => void = () => undefined;

  constructor(host: Channel) {
    this.#host = host;
    this.#memory = host.recall();
    this.#drafts = { draft: this.#memory.draft, outbox: this.#memory.outbox, rejection: undefined };
  }

  get conversation(): Conversation {
    return this.#conversation;
  }

  get drafts(): Drafts {
    return this.#drafts;
  }

  /** The turns that have come to their end before the user's eyes, in that order. */
  get ended(): readonly Turn[] {
    return this.#ended;
  }

  /** How many texts the host has put into the draft. */
  get insertions(): number {
    return this.#insertions;
  }

  /** Whether what the cache bar has to say stays unfolded. */
  get cacheOpen(): boolean {
    return this.#cacheOpen;
  }

  get search(): Search {
    return this.#search;
  }

  /** Where the reader was before a reload; undefined at the newest answer. */
  get place(): Place | undefined {
    return this.#memory.place;
  }

  /** Tells the host that the page is there; `listener` is called after every change. */
  start(listener: () => void): void {
    this.#listener = listener;
    this.#host.post({ type: 'ready' });
  }

  /** @throws EndlessError when the message is not one that the host may send */
  receive(data: unknown): void {
    const message = readHostMessage(data);
    switch (message.type) {
      case 'accepted':
        this.#setDrafts(accept(this.#drafts, message.key));
        break;
      case 'rejected':
        this.#setDrafts(reject(this.#drafts, message.key, message.error, message.message));
        break;
      case 'insert':
        this.#doOnce(message.key, () => this.#insert(message.text));
        break;
      case 'showCache':
        this.#doOnce(message.key, () => (this.#cacheOpen = true));
        break;
      case 'showSearch':
        this.#doOnce(message.key, () => this.openSearch());
        break;
      case 'found':
        this.#search = withFound(this.#search, message);
        break;
      case 'around':
        // The host needs a while for it: meanwhile the reader may have gone elsewhere, or the turn with all others.
        if (message.turnId !== this.#sought) break;
        this.#sought = undefined;
        this.#conversation = afterMessage(this.#conversation, message);
        break;
      default:
        if (this.#conversation === UNKNOWN_CONVERSATION) this.#sendAgain();
        if (becomesReady(message, this.#conversation)) this.#setDrafts({ ...this.#drafts, rejection: undefined });
        this.#ended = [...this.#ended, ...endedBy(message, this.#conversation.newest.turns)];
        if (message.type === 'replaced') this.#forgetSearch();
        this.#conversation = afterMessage(this.#conversation, message);
    }
    this.#listener();
  }

  /** Sends the draft; a running answer is not disturbed, the message queues up behind it. */
  send(): void {
    const known = this.#drafts.outbox;
    this.#setDrafts(dispatch(this.#drafts, crypto.randomUUID()));
    const sent = this.#drafts.outbox.slice(known.length);
    if (sent.length === 0) return;
    for (const outgoing of sent) this.#host.post({ type: 'send', ...outgoing });
    this.#search = { ...this.#search, open: false };
    this.showNewest();
  }

  /** Goes back to the end of the conversation, if something else is shown. */
  showNewest(): void {
    this.#sought = undefined;
    if (this.#conversation.shown.hasLater) this.#conversation = atNewest(this.#conversation);
    this.#listener();
  }

  /** Looks for a text in the whole history. */
  seek(query: string): void {
    this.#search = withQuery(this.#search, query);
    if (query.trim() !== '') this.#host.post({ type: 'search', query: query.trim() });
    this.#listener();
  }

  /** Shows a turn that was found; the search is kept for the next time. */
  showTurn(turnId: number): void {
    this.#sought = turnId;
    this.#host.post({ type: 'around', turnId });
    this.closeSearch();
  }

  openSearch(): void {
    this.#search = opened(this.#search);
    this.#listener();
  }

  closeSearch(): void {
    this.#search = { ...this.#search, open: false };
    this.#listener();
  }

  setDraft(draft: string): void {
    this.#setDrafts({ ...this.#drafts, draft });
    this.#listener();
  }

  dismissRejection(): void {
    this.#setDrafts({ ...this.#drafts, rejection: undefined });
    this.#listener();
  }

  setCacheOpen(open: boolean): void {
    this.#cacheOpen = open;
    this.#listener();
  }

  /** A place far from the end is not found again after a reload, which begins at the end then. */
  setPlace(place: Place | undefined): void {
    this.#remember({ ...this.#memory, place: this.#conversation.shown.hasLater ? undefined : place });
  }

  /** What was found is there no longer. */
  #forgetSearch(): void {
    this.#search = withQuery(this.#search, '');
    this.#sought = undefined;
  }

  #doOnce(key: string, act: () => void): void {
    if (!this.#done.has(key)) act();
    this.#done.add(key);
    this.#host.post({ type: 'done', key });
  }

  #insert(text: string): void {
    this.#setDrafts(insert(this.#drafts, text));
    this.#insertions += 1;
  }

  /** What was on its way when the page went; the keys keep it from arriving twice. */
  #sendAgain(): void {
    for (const outgoing of this.#drafts.outbox) this.#host.post({ type: 'send', ...outgoing });
  }

  #setDrafts(drafts: Drafts): void {
    this.#drafts = drafts;
    this.#remember({ ...this.#memory, draft: drafts.draft, outbox: [...drafts.outbox] });
  }

  #remember(memory: Memory): void {
    this.#memory = memory;
    this.#host.remember(memory);
  }
}

/** What stood in the way of a message is gone, and with it what was said about it. */
function becomesReady(message: ConversationMessage, { connection }: Conversation): boolean {
  return message.type === 'state' && message.connection.kind === 'ready' && connection?.kind !== 'ready';
}
