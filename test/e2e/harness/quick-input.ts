import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { happens, HEARD_MS, untilHeard } from './heard.ts';

/** How long it may take until a long list has heard of what it is searched for, in milliseconds. */
const SEARCHED_MS = 10_000;

/** What VS Code opens at the top of its window: the palette, lists to choose from, boxes to write into. */
export class QuickInput {
  readonly #page: Page;
  readonly #widget: Locator;
  readonly #box: Locator;
  readonly #rows: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.#widget = page.locator('.quick-input-widget');
    this.#box = this.#widget.locator('input');
    this.#rows = this.#widget.locator('.quick-input-list .monaco-list-row');
  }

  /** Opens a file of the workspace by its name. */
  async openFile(name: string): Promise<void> {
    await this.#take('Control+P', name, this.#found.filter({ hasText: name }).first());
  }

  /** The cursor of the editor goes to a place, both numbers from 1 on. */
  async goTo(line: number, column: number): Promise<void> {
    await this.#take('Control+G', `:${line}:${column}`, this.#rows.first());
  }

  /** Runs a command of the palette. */
  async run(title: string): Promise<void> {
    const row = this.#found.filter({ hasText: title }).first();
    // The palette offers what there was when it was opened; what a command depends on may be known a moment later.
    await untilHeard(title, async () => {
      await this.#search('F1', `>${title}`);
      if ((await happens(row.waitFor({ timeout: HEARD_MS }))) && (await happens(row.click({ timeout: SEARCHED_MS })))) return true;
      await this.#close();
      return false;
    });
  }

  /** The commands that the palette has for a title. */
  async offered(title: string): Promise<readonly string[]> {
    await this.#search('F1', `>${title}`);
    const others = this.#rows.filter({ hasText: /similar commands|No matching/ });
    await this.#found.or(others).first().waitFor({ timeout: SEARCHED_MS });
    const labels = await this.#rows.locator('.label-name').allInnerTexts();
    await this.#close();
    return labels.filter((label) => label.startsWith(title));
  }

  /** What the list that is open offers. */
  async choices(): Promise<readonly string[]> {
    return this.#rows.locator('.label-name').allInnerTexts();
  }

  async choose(label: string): Promise<void> {
    await this.#rows.filter({ has: this.#page.getByText(label, { exact: true }) }).click();
  }

  /** Chooses from a list with this title what is found by some words: a long one draws only what can be seen of it. */
  async find(title: string, words: string, label: string): Promise<void> {
    await this.#titled(title).waitFor();
    await this.#box.fill(words);
    await this.choose(label);
  }

  /** Writes into the box with this title, and presses Enter. */
  async answer(title: string | RegExp, answer: string): Promise<void> {
    await this.#titled(title).waitFor();
    await this.#box.fill(answer);
    await this.#box.press('Enter');
  }

  /** Chooses a file in the dialog of VS Code, which first proposes one. */
  async chooseFile(path: string): Promise<void> {
    await expect.poll(() => this.#box.inputValue()).toMatch(/\.\w+$/);
    await this.#box.fill(path);
    await expect.poll(() => this.#box.inputValue()).toBe(path);
    await this.#box.press('Enter');
  }

  /** Rows in which what was written is marked: before it is heard of, everything is there, and nothing merely similar. */
  get #found(): Locator {
    return this.#rows.filter({ has: this.#page.locator('.highlight') });
  }

  #titled(title: string | RegExp): Locator {
    return this.#widget.locator('.quick-input-title', { hasText: title });
  }

  async #take(key: string, text: string, row: Locator): Promise<void> {
    await untilHeard(`${text} in a list`, async () => {
      await this.#search(key, text);
      if ((await happens(row.click({ timeout: HEARD_MS }))) && (await this.#hasClosed())) return true;
      await this.#close();
      return false;
    });
  }

  /** Opens a list by its key, and writes into it. */
  async #search(key: string, text: string): Promise<void> {
    let isPressed = false;
    await untilHeard(`${key} for a list`, async () => {
      // In the list that it has opened, if late, the key means something else.
      if (!isPressed || !(await this.#box.isVisible())) await this.#page.keyboard.press(key);
      isPressed = true;
      return happens(this.#box.fill(text, { timeout: HEARD_MS }));
    });
  }

  /** Escape is for the list only: elsewhere it stops an answer. */
  async #close(): Promise<void> {
    await untilHeard('Escape in a list', async () => {
      if (await this.#box.isVisible()) await happens(this.#box.press('Escape', { timeout: HEARD_MS }));
      return this.#hasClosed();
    });
  }

  #hasClosed(): Promise<boolean> {
    return happens(this.#widget.waitFor({ state: 'hidden', timeout: HEARD_MS }));
  }
}
