import type { Page } from 'playwright-core';

/** How long it may take until a list is open. */
const OPEN_MS = 3_000;

/** Opens a list by its key and writes into it. A key that comes while the focus goes elsewhere is lost, or the list is closed again. */
export async function writeIntoList(page: Page, key: string, text: string): Promise<void> {
  const input = page.locator('.quick-input-widget input');
  for (;;) {
    await page.keyboard.press(key);
    try {
      await input.fill(text, { timeout: OPEN_MS });
      return;
    } catch {
      // It is not open.
    }
  }
}
