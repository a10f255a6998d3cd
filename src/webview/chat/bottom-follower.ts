import type { ReactiveControllerHost } from 'lit';

/** How near to the end counts as the end, in pixels. */
const NEAR = 24;

/**
 * Keeps a growing list at its end while the reader is there, and keeps the reader's place when not. What grows is
 * observed, so that it does not matter which component drew it, or when.
 */
export class BottomFollower {
  readonly #host: ReactiveControllerHost;
  readonly #observer = new ResizeObserver(() => this.#stick());
  #scroller: HTMLElement | undefined;
  #following = true;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
  }

  get following(): boolean {
    return this.#following;
  }

  start(scroller: HTMLElement): void {
    this.#scroller = scroller;
    this.#observer.observe(scroller);
    for (const content of scroller.children) this.#observer.observe(content);
  }

  /** Goes to the end and stays there. */
  follow(): void {
    this.#setFollowing(true);
    this.#stick();
  }

  /** Stays where the reader is, also when that is the end. */
  leave(): void {
    this.#setFollowing(false);
  }

  /**
   * To be called when the list was scrolled, by whomever.
   *
   * @param goesOn whether what is there is not the end yet.
   */
  scrolled(goesOn: boolean): void {
    if (!this.#scroller) return;
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    this.#setFollowing(!goesOn && scrollHeight - clientHeight - scrollTop < NEAR);
  }

  /** To be called before older entries are put in front: browsers anchor what is seen, but not at the very top. */
  keepPlace(): void {
    if (this.#scroller && !this.#following && this.#scroller.scrollTop === 0) this.#scroller.scrollTop = 1;
  }

  #stick(): void {
    if (this.#following && this.#scroller) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #setFollowing(following: boolean): void {
    if (this.#following === following) return;
    this.#following = following;
    this.#host.requestUpdate();
  }
}
