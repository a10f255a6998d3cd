import type { Locator, Page } from 'playwright-core';
import { drawnLines } from './drawn-lines.ts';
import { happens, HEARD_MS, untilHeard } from './heard.ts';
import { Menu } from './menu.ts';
import { QuickInput } from './quick-input.ts';

/** After how long nothing more will be suggested, in milliseconds. */
const TOO_LATE_MS = 5_000;

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
    await new QuickInput(page).openFile(file);
    await page.locator('.tabs-container .tab.active', { hasText: file }).waitFor();
    const editor = new Editor(page, file);
    await editor.focused.waitFor();
    return editor;
  }

  get #content(): Locator {
    return this.#editor.locator('.view-lines').first();
  }

  get #ghosts(): Locator {
    return this.#content.locator('[class*="ghost-text"]');
  }

  /** What is suggested at the cursor; empty when nothing is. */
  async ghostText(): Promise<string> {
    const parts = await this.#ghosts.allInnerTexts();
    return parts.join('').replaceAll('\u00a0', ' ');
  }

  /** The same, as soon as there is something; a model that was too late is asked again by typing. */
  async suggestion(): Promise<string> {
    await untilHeard('a place where something may be suggested', async () => {
      if (await happens(this.#ghosts.first().waitFor({ timeout: TOO_LATE_MS }))) return true;
      for (const key of ['Space', 'Backspace']) await this.press(key);
      return false;
    });
    return this.ghostText();
  }

  /** A line below the cursor's that is suggested: it is drawn between the others, not as one of them. */
  ghostLine(text: string): Locator {
    return this.#editor.locator('.suggest-preview-text .view-line', { hasText: text }).first();
  }

  /** The cursor goes to a place, both numbers from 1 on. */
  async goTo(line: number, column = 1): Promise<void> {
    const place = this.#page.locator('.statusbar-item', { hasText: new RegExp(`^Ln ${line}, Col ${column}$`) });
    await untilHeard(`line ${line}, column ${column}`, async () => {
      await new QuickInput(this.#page).goTo(line, column);
      return happens(place.waitFor({ timeout: HEARD_MS }));
    });
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
    await this.#page.locator('.breadcrumbs-control', { hasText: name }).waitFor();
  }

  /** Some tool complains of the text by now. */
  async hasProblems(): Promise<void> {
    await this.#editor.locator('.squiggly-error').first().waitFor();
  }

  /** What Endless has in the menu of the text. */
  get menu(): Menu {
    const open = async (): Promise<void> => {
      await this.focused.waitFor();
      await this.press('Shift+F10');
    };
    return new Menu({ page: this.#page, open, submenu: 'Endless' });
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
