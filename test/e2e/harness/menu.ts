import type { Locator, Page } from 'playwright-core';
import { happens, HEARD_MS, untilHeard } from './heard.ts';

interface MenuParts {
  readonly page: Page;
  /** Has VS Code show it. */
  readonly open: () => Promise<void>;
  /** Which item of it holds the others, if one does. */
  readonly submenu?: string;
}

/** A menu of VS Code. In its first moments it does not hear of the mouse, and it closes while the focus goes elsewhere. */
export class Menu {
  readonly #page: Page;
  readonly #show: () => Promise<void>;
  readonly #submenu: string | undefined;

  constructor({ page, open, submenu }: MenuParts) {
    this.#page = page;
    this.#show = open;
    this.#submenu = submenu;
  }

  /** Opens it, and the submenu in it, unless that is done. */
  async open(): Promise<void> {
    await untilHeard('what opens a menu', async () => {
      if (!(await this.#menu.isVisible())) await this.#show();
      if (await this.#hasOpened()) return true;
      // It may be another one, or offer what there was before.
      await this.#close();
      return false;
    });
  }

  /** What can be chosen in the submenu, or else in the menu itself. */
  async labels(): Promise<readonly string[]> {
    await this.open();
    return this.#items.locator('.action-label:not(.separator)').allInnerTexts();
  }

  async choose(label: string): Promise<void> {
    const item = this.#items.filter({ has: this.#page.getByText(label, { exact: true }) }).last();
    let isClicked = false;
    await untilHeard(`“${label}” in a menu`, async () => {
      // That it has closed does not say that something was chosen: it closes by itself, too.
      if (isClicked && !(await this.#menu.isVisible())) return true;
      await this.open();
      if (!(await happens(item.waitFor({ timeout: HEARD_MS })))) {
        await this.#close();
        return false;
      }
      isClicked = await happens(item.click({ timeout: HEARD_MS }));
      return isClicked && (await this.#hasClosed());
    });
  }

  async #hasOpened(): Promise<boolean> {
    if (!(await happens(this.#menu.waitFor({ timeout: HEARD_MS })))) return false;
    if (this.#parent && !(await this.#items.first().isVisible())) await happens(this.#parent.click({ timeout: HEARD_MS }));
    return happens(this.#items.first().waitFor({ timeout: HEARD_MS }));
  }

  async #close(): Promise<void> {
    await untilHeard('Escape in a menu', async () => {
      if (await this.#menu.isVisible()) await this.#page.keyboard.press('Escape');
      return this.#hasClosed();
    });
  }

  #hasClosed(): Promise<boolean> {
    return happens(this.#menu.waitFor({ state: 'hidden', timeout: HEARD_MS }));
  }

  get #menu(): Locator {
    return this.#page.locator('.monaco-menu').first();
  }

  /** A submenu is within its item. */
  get #items(): Locator {
    return this.#page.locator(`${this.#submenu === undefined ? '.monaco-menu' : '.monaco-submenu'} .action-item:not(.disabled)`);
  }

  get #parent(): Locator | undefined {
    if (this.#submenu === undefined) return undefined;
    return this.#page.locator('.monaco-submenu-item', { has: this.#page.getByText(this.#submenu, { exact: true }) }).first();
  }
}
