import type { Locator, Page } from 'playwright-core';
import { drawnLines } from './drawn-lines.ts';
import { Menu } from './menu.ts';

/** The view of source control, as its user sees it. */
export class SourceControl {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  static async open(page: Page): Promise<SourceControl> {
    await page.locator('.activitybar .action-item', { has: page.locator('[aria-label^="Source Control"]') }).click();
    const view = new SourceControl(page);
    await view.#box.waitFor();
    return view;
  }

  get #box(): Locator {
    return this.#page.locator('.scm-editor');
  }

  get #title(): Locator {
    return this.#page.locator('.pane-header', { hasText: /^Changes/ });
  }

  /** What the buttons in the title of the changes are called. */
  async buttons(): Promise<readonly string[]> {
    await this.#title.hover();
    // All at once: between two questions they may be others.
    return this.#title.locator('.action-label').evaluateAll((labels) => {
      const elements = labels as unknown as readonly { readonly ariaLabel: string | null }[];
      return elements.map(({ ariaLabel }) => ariaLabel ?? '');
    });
  }

  async press(button: string): Promise<void> {
    await this.#title.hover();
    // At once: the buttons are made anew while Git works, and half a click is none.
    await this.#title.locator(`.action-label[aria-label="${button}"]`).dispatchEvent('click');
  }

  /** The menu of the changes. */
  get menu(): Menu {
    const open = async (): Promise<void> => {
      await this.#title.hover();
      await this.#title.getByRole('button', { name: 'More Actions...' }).click();
    };
    return new Menu({ page: this.#page, open });
  }

  /** Where the message of the next commit is written. */
  async message(): Promise<string> {
    const lines = await drawnLines(this.#box.locator('.view-line'));
    return lines.join('\n').trimEnd();
  }

  async writeMessage(text: string): Promise<void> {
    await this.#box.click();
    await this.#page.keyboard.press('Control+A');
    await this.#page.keyboard.press('Delete');
    if (text) await this.#page.keyboard.type(text);
  }

  /** Takes the last change of the message back. */
  async undo(): Promise<void> {
    await this.#box.click();
    await this.#page.keyboard.press('Control+Z');
  }

  /** A file among the changes, once VS Code has noticed it. */
  change(file: string): Locator {
    return this.#page.locator('.scm-view .monaco-list-row .resource', { hasText: file });
  }

  async changeCount(): Promise<number> {
    return this.#page.locator('.scm-view .monaco-list-row .resource').count();
  }
}
