/** What a page has observed of itself. */
export interface ObservedPage {
  /** Milliseconds of each task that kept the page from everything else for more than 50 ms. */
  readonly longTasks: readonly number[];
  /** Milliseconds from frame to frame. */
  readonly frames: readonly number[];
  /** Milliseconds that it was observed. */
  readonly ms: number;
  /** Turns that were in the page at most, and messages it was told. */
  readonly mostTurns: number;
  readonly told: number;
}

/** What is done in the page; it stands there as `endlessFrames`. */
export interface PageProgram {
  /** Lets an answer come, token by token, from the newest turn of a conversation. */
  stream(seconds: number, tokensPerSecond: number): Promise<ObservedPage>;
  /** Scrolls from the end of the conversation to its beginning. */
  scrollUp(pixelsPerFrame: number): Promise<ObservedPage>;
}
