import type { Locator } from 'playwright-core';

/** A line as the page knows it. */
interface LineElement {
  readonly innerText: string;
  getBoundingClientRect(): { readonly top: number };
}

/** The lines of a text editor as they are drawn, from top to bottom: the page has them in any order. */
export async function drawnLines(lines: Locator): Promise<readonly string[]> {
  // All at once: between two questions they may be drawn anew.
  const drawn = await lines.evaluateAll((found) => {
    const elements = found as unknown as readonly LineElement[];
    return elements.map((line) => ({ text: line.innerText, top: line.getBoundingClientRect().top }));
  });
  return drawn.toSorted((one, other) => one.top - other.top).map(({ text }) => text.replaceAll('\u00a0', ' '));
}
