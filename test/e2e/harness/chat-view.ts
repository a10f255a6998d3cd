import type { FrameLocator, Locator, Page } from 'playwright-core';
import type { Turn } from '../../../src/shared/protocol/turn.ts';

/** The sidebar, as its user sees it. */
export class ChatView {
  readonly #frame: FrameLocator;

  constructor(page: Page) {
    this.#frame = page.frameLocator('iframe.webview[src*="endless-dev.endless"]').frameLocator('iframe#active-frame');
  }

  get body(): Locator {
    return this.#frame.locator('body');
  }

  get composer(): Locator {
    return this.#frame.locator('endless-composer textarea');
  }

  /** The same, while it has the focus. */
  get focusedComposer(): Locator {
    return this.#frame.locator('endless-composer textarea:focus');
  }

  get stopButton(): Locator {
    return this.#frame.locator('endless-composer .stop');
  }

  get welcome(): Locator {
    return this.#frame.locator('.welcome');
  }

  /** The model that comes in, on the welcome page. */
  get download(): Locator {
    return this.#frame.locator('.download');
  }

  get turns(): Locator {
    return this.#frame.locator('endless-turn');
  }

  get lastAnswer(): Locator {
    return this.turns.last().locator('article.answer');
  }

  /** A button of a turn, the turns counted from 0 on. */
  tool(index: number, of: 'message' | 'answer', name: string): Locator {
    return this.turns.nth(index).locator(`.${of} [data-tool="${name}"]`);
  }

  /** Where a message is being changed. */
  get editor(): Locator {
    return this.#frame.locator('endless-edit textarea');
  }

  /** What the composer offers to choose from: commands at a slash, things of the workspace at an @. */
  get options(): Locator {
    return this.#frame.getByRole('option');
  }

  get help(): Locator {
    return this.#frame.getByRole('region', { name: 'Help' });
  }

  /** The messages as they stand there. */
  messages(): Promise<readonly string[]> {
    return this.turns.locator('article.message > p').allInnerTexts();
  }

  /** The last answer, once it is in this state. */
  answerWithState(state: Turn['state']): Locator {
    return this.turns.last().locator(`article.answer.${state}`);
  }

  /** Messages that wait for their turn. */
  get queued(): Locator {
    return this.#frame.locator('article.message .badge', { hasText: 'Queued' });
  }

  /** Chips of what is attached to the message that is being written. */
  get attachments(): Locator {
    return this.#frame.locator('.attachments .attachment');
  }

  /** Chips of what the last message was sent with. */
  get attached(): Locator {
    return this.turns.last().locator('endless-attached');
  }

  /** What the engine is doing; nothing while it waits for the user. */
  get activity(): Locator {
    return this.#frame.locator('.activity');
  }

  /** Between what has left the cache and what is in it. */
  get divider(): Locator {
    return this.#frame.locator('.divider');
  }

  /** Before the first turn of a new section. */
  get sectionDivider(): Locator {
    return this.#frame.getByRole('separator', { name: 'New section' });
  }

  /** Chips of what was recalled for the last message. */
  get recalled(): Locator {
    return this.turns.last().locator('.recalled summary');
  }

  /** What who asks for recall in vain is told. */
  get nothingRecalled(): Locator {
    return this.turns.last().getByText('Nothing was recalled');
  }

  /** The field of the search, while that is open. */
  get searchField(): Locator {
    return this.#frame.locator('endless-search input');
  }

  /** What the search has found. */
  get hits(): Locator {
    return this.#frame.locator('endless-search .hit');
  }

  /** The turn that was jumped to. */
  get target(): Locator {
    return this.#frame.locator('.turn.target');
  }

  get banner(): Locator {
    return this.#frame.locator('.banner');
  }

  /** By its key, once it has the focus. */
  async closeCachePanel(): Promise<void> {
    await this.cachePanel.locator(':focus').press('Escape');
    await this.cachePanel.waitFor({ state: 'detached' });
  }

  get cacheBar(): Locator {
    return this.#frame.locator('endless-cache-bar');
  }

  get cachePanel(): Locator {
    return this.#frame.getByRole('region', { name: 'Cache panel' });
  }

  button(name: string): Locator {
    return this.#frame.getByRole('button', { name });
  }

  /** Goes into the empty composer; VS Code hears of it a moment later, and by then a key could mean something else. */
  async focus(): Promise<void> {
    await this.composer.pressSequentially('@');
    // VS Code was told of the focus before it was asked for these.
    await this.options.first().waitFor();
    await this.composer.fill('');
  }

  /** Writes and sends; does not wait for an answer. */
  async send(message: string): Promise<void> {
    await this.composer.fill(message);
    await this.composer.press('Enter');
  }

  /** Sends and waits until the answer has ended, however it ended. */
  async ask(message: string): Promise<string> {
    const before = await this.turns.count();
    await this.send(message);
    const answer = this.turns.nth(before).locator('article.answer[aria-busy="false"]');
    await answer.waitFor({ timeout: 120_000 });
    return answer.innerText();
  }
}
