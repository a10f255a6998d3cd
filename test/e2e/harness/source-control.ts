import type { Locator, Page } from 'playwright-core';

/** The view of source control, as its user sees it. */
export class SourceControl {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  static async open(page: Page): Promise<SourceControl> {
    await page.locator('.activitybar .action-item', { has: page.locator('[aria-label^="Source Control"]') }).click();
    const view = new SourceControl(page);
    await view.#box.waitFor({ timeout: 60_000 });
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
    const labels = await this.#title.locator('.action-label').all();
    return Promise.all(labels.map(async (label) => (await label.getAttribute('aria-label')) ?? ''));
  }

  async press(button: string): Promise<void> {
    await this.#title.hover();
    await this.#title.locator(`.action-label[aria-label="${button}"]`).click();
  }

  /** Opens the menu of the changes. */
  async openMenu(): Promise<void> {
    await this.#title.hover();
    await this.#title.getByRole('button', { name: 'More Actions...' }).click();
  }

  /** Where the message of the next commit is written. */
  async message(): Promise<string> {
    const lines = await this.#box.locator('.view-line').allInnerTexts();
    return lines.join('\n').replaceAll('\u00a0', ' ').trimEnd();
  }

  async writeMessage(text: string): Promise<void> {
    await this.#box.click();
    await this.#page.keyboard.press('Control+A');
    await this.#page.keyboard.press('Delete');
    if (text) await this.#page.keyboard.type(text);
  }

  /** A file among the changes, once VS Code has noticed it. */
  change(file: string): Locator {
    return this.#page.locator('.scm-view .monaco-list-row .resource', { hasText: file });
  }

  async changeCount(): Promise<number> {
    return this.#page.locator('.scm-view .monaco-list-row .resource').count();
  }
}
