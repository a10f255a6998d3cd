import type { Locator, Page } from 'playwright-core';

/** How long it may take until a menu shows that it has been clicked. */
const HEARD_MS = 3_000;

/** A menu that is open. In its first moments it does not hear of the mouse, and it closes its submenu while the mouse is elsewhere. */
export class Menu {
  readonly #page: Page;
  /** Which item of it holds the others, if one does. */
  readonly #submenu: string | undefined;

  constructor(page: Page, submenu?: string) {
    this.#page = page;
    this.#submenu = submenu;
  }

  /** What can be chosen in the submenu, or else in the menu itself. */
  async labels(): Promise<readonly string[]> {
    while (!(await this.#items.first().isVisible())) await this.#openSubmenu();
    return this.#items.locator('.action-label:not(.separator)').allInnerTexts();
  }

  async choose(label: string): Promise<void> {
    const item = this.#items.filter({ hasText: label }).last();
    await this.#menu.waitFor();
    // That the item has gone does not say that it was chosen: the submenu may have closed.
    while (await this.#menu.isVisible()) {
      if (!(await item.isVisible())) await this.#openSubmenu();
      await item.click({ timeout: HEARD_MS }).catch(() => undefined);
      await this.#menu.waitFor({ state: 'hidden', timeout: HEARD_MS }).catch(() => undefined);
    }
  }

  get #menu(): Locator {
    return this.#page.locator('.monaco-menu').first();
  }

  get #items(): Locator {
    return this.#page.locator(`${this.#submenu === undefined ? '.monaco-menu' : '.monaco-submenu'} .action-item:not(.disabled)`);
  }

  async #openSubmenu(): Promise<void> {
    if (this.#submenu === undefined) return;
    const parent = this.#page.locator('.monaco-submenu-item', { has: this.#page.getByText(this.#submenu, { exact: true }) });
    await parent.click();
    await this.#items
      .first()
      .waitFor({ timeout: HEARD_MS })
      .catch(() => undefined);
  }
}
