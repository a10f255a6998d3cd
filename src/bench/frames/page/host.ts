import type { Turn } from '../../../shared/protocol/turn.ts';
import type { HostMessage, ViewMessage } from '../../../shared/view-messages.ts';
import { statusOf, tokensOf, turnOf } from '../conversation.ts';
import type { ObservedPage, PageProgram } from '../observed.ts';
import { Observer } from './observer.ts';

/** Each turn is two messages. */
const TURNS = 5_000;
const PAGE_TURNS = 50;
/** What a host and its engine take for a page, in milliseconds. */
const HOST_MS = 10;
const STATUS_MS = 100;

/** The host's side of the channel, with a conversation of ten thousand messages; it runs in the page itself. */
class PageHost implements PageProgram {
  readonly observer = new Observer();
  /** Beyond the last of the conversation: what comes in new. */
  #newest = TURNS;

  receive(message: ViewMessage): void {
    if (message.type === 'ready') {
      const conversation = { turns: turnsIn(TURNS - PAGE_TURNS + 1, TURNS), hasEarlier: true, status: statusOf(TURNS, 0) };
      this.#tell({ type: 'state', connection: { kind: 'ready' }, conversation, modelName: 'coder-7b-q4.gguf' });
    } else if (message.type === 'earlier') {
      const first = Math.max(1, message.before - PAGE_TURNS);
      this.#tellLater({ type: 'earlier', before: message.before, turns: turnsIn(first, message.before - 1), hasEarlier: first > 1 });
    } else if (message.type === 'later') {
      const last = Math.min(TURNS, message.after + PAGE_TURNS);
      this.#tellLater({ type: 'later', after: message.after, turns: turnsIn(message.after + 1, last), hasLater: last < TURNS });
    }
  }

  async stream(seconds: number, tokensPerSecond: number): Promise<ObservedPage> {
    const turnId = ++this.#newest;
    const tokens = tokensOf(seconds * tokensPerSecond);
    let sent = 0;
    let offset = 0;
    this.#tell({ type: 'turn', turn: turnOf(turnId, { state: 'running', answer: '' }) });
    this.observer.start();
    const began = performance.now();
    const status = setInterval(() => this.#tell({ type: 'status', status: statusOf(turnId, sent) }), STATUS_MS);
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        // A page that was busy is told the rest in one go, as by a host that did not wait.
        for (const due = ((performance.now() - began) / 1000) * tokensPerSecond; sent < Math.min(due, tokens.length); sent++) {
          const text = tokens[sent] ?? '';
          this.#tell({ type: 'text', turnId, offset, text });
          offset += text.length;
        }
        if (sent < tokens.length) return;
        clearInterval(timer);
        resolve();
      }, 1000 / tokensPerSecond);
    });
    clearInterval(status);
    this.#tell({ type: 'turn', turn: turnOf(turnId, { answer: tokens.join('') }) });
    return this.observer.stop();
  }

  async scrollUp(pixelsPerFrame: number): Promise<ObservedPage> {
    const scroller = document.querySelector('.scroller');
    if (!scroller) throw new Error('There is no conversation.');
    this.observer.start();
    for (;;) {
      await new Promise(requestAnimationFrame);
      scroller.scrollTop -= pixelsPerFrame;
      this.observer.turns(document.querySelectorAll('[data-turn]').length);
      if (scroller.scrollTop <= 1 && document.querySelector('[data-turn="1"]')) return this.observer.stop();
    }
  }

  #tell(message: HostMessage): void {
    this.observer.told();
    window.postMessage(message);
  }

  #tellLater(message: HostMessage): void {
    setTimeout(() => this.#tell(message), HOST_MS);
  }
}

function turnsIn(first: number, last: number): Turn[] {
  return Array.from({ length: last - first + 1 }, (_, at) => turnOf(first + at));
}

const host = new PageHost();
Object.assign(window, {
  endlessFrames: host,
  acquireVsCodeApi: () => ({
    postMessage: (message: ViewMessage) => host.receive(message),
    getState: () => undefined,
    setState: () => undefined,
  }),
});
