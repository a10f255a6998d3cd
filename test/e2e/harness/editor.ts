import type { Locator, Page } from 'playwright-core';

/** The text editor, as its user sees it. */
export class Editor {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Opens a file of the workspace by its name. */
  static async open(page: Page, file: string): Promise<Editor> {
    await page.keyboard.press('Control+P');
    await page.locator('.quick-input-widget input').fill(file);
    // The list shows what was opened lately until it has been searched.
    await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: file }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.tabs-container .tab.active', { hasText: file }).waitFor();
    const editor = new Editor(page);
    await editor.#content.waitFor();
    return editor;
  }

  get #content(): Locator {
    return this.#page.locator('.editor-instance .view-lines').first();
  }

  /** What is suggested at the cursor; empty when nothing is. */
  async ghostText(): Promise<string> {
    const parts = await this.#content.locator('[class*="ghost-text"]').allInnerTexts();
    return parts.join('').replaceAll('\u00a0', ' ');
  }

  /** A line below the cursor's that is suggested: it is drawn between the others, not as one of them. */
  ghostLine(text: string): Locator {
    return this.#page.locator('.editor-instance .suggest-preview-text .view-line', { hasText: text }).first();
  }

  async type(text: string): Promise<void> {
    await this.#content.click();
    await this.#page.keyboard.press('Control+End');
    await this.#page.keyboard.type(text, { delay: 30 });
  }

  /** Leaves the file empty. */
  async clear(): Promise<void> {
    await this.#page.keyboard.press('Control+A');
    await this.#page.keyboard.press('Delete');
  }

  /** Puts the cursor into the first line with this text. */
  async clickLine(text: string): Promise<void> {
    await this.#content.locator('.view-line', { hasText: text }).first().click();
  }

  async press(key: string): Promise<void> {
    await this.#page.keyboard.press(key);
  }

  /** The lines as they are drawn, from top to bottom, ghost text included. */
  async lines(): Promise<readonly string[]> {
    const drawn = await this.#content.locator('.view-line').all();
    const lines = await Promise.all(drawn.map(async (line) => ({ text: await line.innerText(), box: await line.boundingBox() })));
    return lines.toSorted((one, other) => (one.box?.y ?? 0) - (other.box?.y ?? 0)).map(({ text }) => text.replaceAll('\u00a0', ' '));
  }
}
