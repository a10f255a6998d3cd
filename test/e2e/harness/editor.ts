import type { Locator, Page } from 'playwright-core';
import { drawnLines } from './drawn-lines.ts';
import { Menu } from './menu.ts';
import { writeIntoList } from './quick-input.ts';

/** The text editor of one file, as its user sees it; nothing of it is there while another file is shown in its place. */
export class Editor {
  readonly #page: Page;
  readonly #editor: Locator;

  private constructor(page: Page, file: string) {
    this.#page = page;
    // The tab says that a file is open while the former one's text still stands below, and hears of keys.
    const name = encodeURIComponent(file);
    this.#editor = page.locator(`.editor-instance .monaco-editor[data-uri$="/${name}"]:not(.original-in-monaco-diff-editor)`).first();
  }

  /** Opens a file of the workspace by its name. */
  static async open(page: Page, file: string): Promise<Editor> {
    await writeIntoList(page, 'Control+P', file);
    await page.locator('.quick-input-list .monaco-list-row', { hasText: file }).first().click();
    await page.locator('.tabs-container .tab.active', { hasText: file }).waitFor();
    const editor = new Editor(page, file);
    await editor.focused.waitFor();
    return editor;
  }

  get #content(): Locator {
    return this.#editor.locator('.view-lines').first();
  }

  /** What is suggested at the cursor; empty when nothing is. */
  async ghostText(): Promise<string> {
    const parts = await this.#content.locator('[class*="ghost-text"]').allInnerTexts();
    return parts.join('').replaceAll('\u00a0', ' ');
  }

  /** A line below the cursor's that is suggested: it is drawn between the others, not as one of them. */
  ghostLine(text: string): Locator {
    return this.#editor.locator('.suggest-preview-text .view-line', { hasText: text }).first();
  }

  /** The cursor goes to a place, both numbers from 1 on. */
  async goTo(line: number, column = 1): Promise<void> {
    await writeIntoList(this.#page, 'Control+G', `:${line}:${column}`);
    await this.#page.keyboard.press('Enter');
    await this.#page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await this.#page.locator('.statusbar-item', { hasText: new RegExp(`^Ln ${line}, Col ${column}$`) }).waitFor();
    await this.focused.waitFor();
  }

  /** Puts the cursor into the first line with this text. */
  async clickLine(text: string): Promise<void> {
    await this.#content.locator('.view-line', { hasText: text }).first().click();
  }

  /** Selects lines, their numbers from 1 on, without the end of the last one. */
  async selectLines(first: number, last: number): Promise<void> {
    await this.goTo(first);
    for (let line = first; line < last; line++) await this.#page.keyboard.press('Shift+ArrowDown');
    await this.#page.keyboard.press('Shift+End');
    await this.#page.locator('.statusbar-item', { hasText: 'selected' }).waitFor();
  }

  /** There while keys go to the text. */
  get focused(): Locator {
    return this.#editor.and(this.#page.locator('.focused'));
  }

  /** The cursor is in a declaration that VS Code knows by now. */
  async knowsDeclaration(name: string): Promise<void> {
    await this.#page.locator('.breadcrumbs-control', { hasText: name }).waitFor({ timeout: 60_000 });
  }

  /** Some tool complains of the text by now. */
  async hasProblems(): Promise<void> {
    await this.#editor.locator('.squiggly-error').first().waitFor({ timeout: 60_000 });
  }

  /** What Endless has in the menu of the text. */
  async openMenu(): Promise<Menu> {
    await this.#page.keyboard.press('Shift+F10');
    return new Menu(this.#page, 'Endless');
  }

  /** What the lamp offers at the cursor, which is left open. */
  async openLamp(): Promise<readonly string[]> {
    const items = this.#page.locator('.action-widget .monaco-list-row.action .title');
    await this.#page.keyboard.press('Control+.');
    await items.first().waitFor();
    return items.allInnerTexts();
  }

  /** Takes what the lamp, which is open, offers. */
  async chooseFromLamp(title: string): Promise<void> {
    await this.#page.locator('.action-widget .monaco-list-row', { hasText: title }).click();
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

  async press(key: string): Promise<void> {
    await this.#page.keyboard.press(key);
  }

  /** The lines as they are drawn, from top to bottom, ghost text included. */
  async lines(): Promise<readonly string[]> {
    return drawnLines(this.#content.locator('.view-line'));
  }
}
