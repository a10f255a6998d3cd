import type { Locator, Page } from 'playwright-core';
import { drawnLines } from './drawn-lines.ts';

/** A diff that waits for decisions, as its user sees it. */
export class DiffEditor {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Of the diff that is open, or will be. */
  tab(title: string): Locator {
    return this.#page.locator('.tabs-container .tab.active', { hasText: title });
  }

  /** An icon above the diff. */
  action(title: string): Locator {
    return this.#page.locator(
      `.title-actions .action-label[aria-label^="${title}"], .editor-actions .action-label[aria-label^="${title}"]`,
    );
  }

  /** The side of what is proposed, when keys go there. */
  get focused(): Locator {
    return this.#side('modified').locator('.monaco-editor.focused');
  }

  /** The document itself, as far as it is drawn. */
  formerLines(): Promise<readonly string[]> {
    return this.#lines('original');
  }

  /** What is proposed, as far as it is drawn. */
  proposedLines(): Promise<readonly string[]> {
    return this.#lines('modified');
  }

  /** Puts the cursor into a line of one side. */
  async clickLine(side: 'original' | 'modified', text: string): Promise<void> {
    await this.#side(side).locator('.view-line', { hasText: text }).first().click();
  }

  async #lines(side: 'original' | 'modified'): Promise<readonly string[]> {
    return drawnLines(this.#side(side).locator('.view-lines .view-line'));
  }

  #side(side: 'original' | 'modified'): Locator {
    return this.#page.locator(`.monaco-diff-editor .editor.${side}`).first();
  }
}
