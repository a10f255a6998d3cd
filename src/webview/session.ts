import type { DraftAttachment } from '../shared/context-items.ts';
import type { Download } from '../shared/downloads.ts';
import type { Sample } from '../shared/protocol/sample.ts';
import type { Turn } from '../shared/protocol/turn.ts';
import { isComplete, readSlash, type SlashLine } from '../shared/slash-commands.ts';
import { withTurns } from '../shared/turns.ts';
import { readHostMessage } from './host/host-message.ts';
import type { Host, Memory } from './host/host.ts';
import { newsIn, type News } from './state/announcement.ts';
import { afterMessage, atNewest, isGone, UNKNOWN_CONVERSATION, type Conversation, type ConversationMessage } from './state/conversation.ts';
import {
  accept,
  dispatch,
  dispatchAgain,
  dispatchEdit,
  emptied,
  giveBack,
  insert,
  reject,
  typedFor,
  withoutEdited,
  written,
  type Drafts,
} from './state/drafts.ts';
import { atTurn } from './state/edits.ts';
import { askedSince, withSamples } from './state/samples.ts';
import { leftToSend, type Suggested } from './state/attaching.ts';
import type { Place } from './state/place.ts';
import { NO_SEARCH, opened, withFound, withQuery, type Search } from './state/search.ts';
import { typedLines, withLine } from './state/typed-lines.ts';
import type { Wish } from './state/wish.ts';

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
  #news: readonly News[] = [];
  #attached: readonly DraftAttachment[] = [];
  #downloads: readonly Download[] = [];
  #suggested: Suggested | undefined;
  #insertions = 0;
  #helpOpen = false;
  /** Turns that are being taken back; it takes the engine a moment. */
  readonly #leaving = new Set<number>();
  #cacheOpen = false;
  /** How many times the cache panel was asked for. */
  #cacheAsked = 0;
  #samples: readonly Sample[] | undefined;
  #search = NO_SEARCH;
  /** The turn that the reader waits for to be shown; undefined once it is, or something else was done. */
  #sought: number | undefined;
  /** Keys of what the host wanted; it may ask again before it hears that it is done. */
  readonly #done = new Set<string>();
  #listener: () => void = () => undefined;

  constructor(host: Channel) {
    this.#host = host;
    this.#memory = host.recall();
    const { draft, outbox, edits } = this.#memory;
    this.#drafts = { draft, outbox, edits, rejection: undefined };
  }

  get conversation(): Conversation {
    return this.#conversation;
  }

  get drafts(): Drafts {
    return this.#drafts;
  }

  /** What has happened before the user's eyes, in that order. */
  get news(): readonly News[] {
    return this.#news;
  }

  /** What is attached to the message that is being written. */
  get attachments(): readonly DraftAttachment[] {
    return leftToSend(this.#attached, this.#drafts.outbox);
  }

  /** The downloads of models. */
  get downloads(): readonly Download[] {
    return this.#downloads;
  }

  /** What the host has told last of what can be attached. */
  get suggested(): Suggested | undefined {
    return this.#suggested;
  }

  /** What the user has typed before, oldest first. */
  get typedLines(): readonly string[] {
    return typedLines(this.#conversation, this.#memory.lines);
  }

  /** Whether there is neither a model nor anything that was said: the welcome page is there instead of the conversation. */
  get isWelcome(): boolean {
    const { connection, shown } = this.#conversation;
    return connection?.kind === 'noModel' && shown.turns.length === 0 && this.#drafts.outbox.length === 0;
  }

  /** Whether the commands and keys are shown. */
  get helpOpen(): boolean {
    return this.#helpOpen;
  }

  /** How often something was put into the draft for the user, or the cursor behind it. */
  get insertions(): number {
    return this.#insertions;
  }

  /** Whether the cache panel is open. */
  get cacheOpen(): boolean {
    return this.#cacheOpen;
  }

  get cacheAsked(): number {
    return this.#cacheAsked;
  }

  /** What was measured today; undefined while that is not known. */
  get samples(): readonly Sample[] | undefined {
    return this.#samples;
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
        this.#setDrafts(reject(this.#drafts, message.key, message.error, this.#knownTurns));
        break;
      case 'refused':
        this.#leaving.clear();
        this.#setDrafts({ ...this.#drafts, rejection: message.error });
        break;
      case 'insert':
        this.#doOnce(message.key, () => this.#insert(message.text));
        break;
      case 'focusComposer':
        this.#doOnce(message.key, () => (this.#insertions += 1));
        break;
      case 'attached':
        this.#attached = message.attachments;
        break;
      case 'downloads':
        this.#downloads = message.downloads;
        break;
      case 'suggested':
        this.#suggested = message;
        break;
      case 'showCache':
        this.#doOnce(message.key, () => this.openCache());
        break;
      case 'showSearch':
        this.#doOnce(message.key, () => this.openSearch());
        break;
      case 'found':
        this.#search = withFound(this.#search, message);
        break;
      case 'samples':
        this.#samples = withSamples(this.#samples ?? [], message, new Date());
        break;
      case 'around':
        // The host needs a while for it: meanwhile the reader may have gone elsewhere, or the turn with all others.
        if (message.turnId !== this.#sought) break;
        this.#sought = undefined;
        this.#follow(message);
        break;
      default:
        if (this.#conversation === UNKNOWN_CONVERSATION) this.#sendAgain();
        if (becomesReady(message, this.#conversation)) this.#setDrafts({ ...this.#drafts, rejection: undefined });
        this.#hear(newsIn(message, this.#knownTurns));
        if (message.type === 'replaced') this.#forgetSearch();
        this.#follow(message);
    }
    this.#listener();
  }

  /** Sends the draft, or does what it says; a running answer is not disturbed, the message queues up behind it. */
  send(): void {
    const line = readSlash(written(this.#drafts));
    if (line && line.command.name !== 'recall') return this.#do(line);
    const attachments = this.attachments.map(({ key }) => key);
    if (!this.#dispatch(dispatch(this.#drafts, crypto.randomUUID(), attachments))) return;
    this.#showConversation();
    this.showNewest();
  }

  /**
   * Does what the user wants of a turn.
   *
   * @returns whether something was sent in its place.
   */
  fulfil(wish: Wish): boolean {
    const { turnId } = wish;
    let isSent = false;
    const turn = this.#knownTurns.find(({ id }) => id === turnId);
    switch (wish.type) {
      case 'edit':
        this.#setDrafts({ ...this.#drafts, edits: atTurn(this.#drafts.edits, turnId, wish.text) });
        break;
      case 'sendEdit':
        isSent = this.#dispatch(dispatchEdit(this.#drafts, turnId, crypto.randomUUID()));
        break;
      case 'regenerate':
        isSent = turn !== undefined && this.#dispatch(dispatchAgain(this.#drafts, turn, crypto.randomUUID()));
        break;
      case 'takeBack':
        if (turn) this.#takeBack(turn, wish.beside);
        break;
    }
    if (isSent) this.#showConversation();
    this.#listener();
    return isSent;
  }

  closeHelp(): void {
    this.#helpOpen = false;
    this.#listener();
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
    this.#cacheOpen = false;
    this.closeSearch();
  }

  /** Where there is no conversation nothing can be looked for. */
  openSearch(): void {
    if (this.isWelcome) return;
    this.#cacheOpen = false;
    this.#search = opened(this.#search);
    this.#listener();
  }

  closeSearch(): void {
    this.#search = { ...this.#search, open: false };
    this.#listener();
  }

  /** Puts a line from before in the place of the draft; the draft comes back when it is set. */
  browse(line: string): void {
    this.#drafts = { ...this.#drafts, browsed: line };
    this.#listener();
  }

  /** Where a line from before is changed, the draft in whose place it stands becomes such a line. */
  setDraft(draft: string): void {
    const { browsed, draft: before } = this.#drafts;
    if (browsed !== undefined && draft !== before && before.trim() !== '') this.#noteTyped(before);
    this.#setDrafts({ ...this.#drafts, draft, browsed: undefined });
    this.#listener();
  }

  dismissRejection(): void {
    this.#setDrafts({ ...this.#drafts, rejection: undefined });
    this.#listener();
  }

  openCache(): void {
    this.#cacheOpen = true;
    this.#cacheAsked += 1;
    this.#search = { ...this.#search, open: false };
    this.#askForSamples();
    this.#listener();
  }

  closeCache(): void {
    this.#cacheOpen = false;
    this.#listener();
  }

  /** A place far from the end is not found again after a reload, which begins at the end then. */
  setPlace(place: Place | undefined): void {
    this.#remember({ ...this.#memory, place: this.#conversation.shown.hasLater ? undefined : place });
  }

  /** Nothing stands over what was sent. */
  #showConversation(): void {
    this.#search = { ...this.#search, open: false };
    this.#cacheOpen = false;
    this.#helpOpen = false;
  }

  #hear(news: readonly News[]): void {
    if (news.length === 0) return;
    this.#news = [...this.#news, ...news];
    if (this.#cacheOpen && news.some(({ kind }) => kind === 'ended')) this.#askForSamples();
  }

  #askForSamples(): void {
    this.#host.post({ type: 'samples', since: askedSince(this.#samples ?? [], new Date()) });
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

  /** @returns whether something was sent. */
  #dispatch(drafts: Drafts): boolean {
    const sent = drafts.outbox.slice(this.#drafts.outbox.length);
    this.#setDrafts(drafts);
    for (const outgoing of sent) this.#host.post({ type: 'send', ...outgoing });
    return sent.length > 0;
  }

  /** Empties the composer for a command that is not for the model; one that is not complete stays. */
  #do(line: SlashLine): void {
    if (!isComplete(line)) return;
    const { command, words } = line;
    this.#noteTyped(written(this.#drafts).trim());
    this.#setDrafts(emptied(this.#drafts));
    this.#helpOpen = command.name === 'help';
    if ('command' in command) this.#host.post({ type: 'command', command: command.command, words });
    this.#listener();
  }

  /** Something that stands in no turn can be brought back with a key, too. */
  #noteTyped(text: string): void {
    this.#remember({ ...this.#memory, lines: withLine(this.#memory.lines, text, this.#knownTurns) });
  }

  /**
   * A message that waits goes back into the composer; where that holds another text, only if both are to stand there. What is
   * attached to it is shown there in either case, and can be taken away with a click: nothing else would bring it back.
   */
  #takeBack(turn: Turn, beside: boolean): void {
    if (this.#leaving.has(turn.id)) return;
    this.#leaving.add(turn.id);
    if (beside || this.#drafts.draft.trim() === '') {
      this.#setDrafts(giveBack({ ...this.#drafts, draft: this.#drafts.draft.trim() }, typedFor(turn)));
      this.#insertions += 1;
    } else this.#noteTyped(typedFor(turn));
    this.#host.post({ type: 'forget', turnId: turn.id, givesBack: true });
  }

  /** What was being changed in turns that have gone is given back. */
  #follow(message: ConversationMessage): void {
    const drafts = withoutEdited(this.#drafts, (turnId) => isGone(turnId, message), this.#knownTurns);
    if (drafts !== this.#drafts) this.#setDrafts(drafts);
    this.#conversation = afterMessage(this.#conversation, message);
  }

  get #knownTurns(): readonly Turn[] {
    return withTurns(this.#conversation.shown.turns, this.#conversation.newest.turns);
  }

  /** What was on its way when the page went; the keys keep it from arriving twice. */
  #sendAgain(): void {
    for (const outgoing of this.#drafts.outbox) this.#host.post({ type: 'send', ...outgoing });
  }

  #setDrafts(drafts: Drafts): void {
    this.#drafts = drafts;
    this.#remember({ ...this.#memory, draft: drafts.draft, outbox: [...drafts.outbox], edits: [...drafts.edits] });
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
