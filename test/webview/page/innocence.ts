import { expect } from 'vitest';
import type { View } from './view.ts';

/** Elements of the transcript: the page's own, and those of Markdown. */
const ELEMENTS = [
  ...['endless-turn', 'endless-answer', 'endless-code', 'endless-code-text', 'section', 'article', 'header', 'div', 'span', 'button'],
  ...['endless-toolbar', 'endless-code-actions', 'endless-thoughts'],
  ...['figure', 'figcaption', 'details', 'summary', 'svg', 'path', 'circle'],
  ...['p', 'br', 'hr', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'code', 'em', 'strong', 'del', 'a'],
  ...['ul', 'ol', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
];
const ATTRIBUTES = [
  ...['class', 'href', 'start', 'align', 'title', 'type', 'role', 'tabindex', 'viewbox', 'viewBox', 'd', 'cx', 'cy', 'r'],
  ...['data-turn', 'aria-label', 'aria-busy', 'aria-hidden', 'aria-live', 'open', 'disabled', 'aria-expanded', 'aria-pressed'],
  ...['data-tool', 'aria-disabled', 'aria-orientation'],
];

interface Seen {
  readonly pwned: boolean;
  readonly elements: readonly string[];
  readonly attributes: readonly string[];
  readonly addresses: readonly string[];
  readonly sideways: number;
}

/** Nothing of what is shown has been obeyed: no script, no request, no element or attribute but the known ones, no way out. */
export async function expectInnocence(view: View, name: string): Promise<void> {
  const seen = await view.page.evaluate((): Seen => {
    const all = [...document.querySelectorAll('endless-transcript *')];
    const links = all.filter((element) => element instanceof HTMLAnchorElement);
    for (const link of links) link.click();
    return {
      pwned: 'pwned' in window,
      elements: [...new Set(all.map((element) => element.localName))],
      attributes: [...new Set(all.flatMap((element) => element.getAttributeNames()))],
      addresses: links.map((link) => link.protocol),
      sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    };
  });
  expect(seen.pwned, name).toBe(false);
  expect(
    seen.elements.filter((element) => !ELEMENTS.includes(element)),
    name,
  ).toEqual([]);
  expect(
    seen.attributes.filter((attribute) => !ATTRIBUTES.includes(attribute)),
    name,
  ).toEqual([]);
  expect(
    seen.addresses.filter((protocol) => !/^https?:$/.test(protocol)),
    name,
  ).toEqual([]);
  expect(seen.sideways, name).toBe(0);
  const opened = await view.postedOfType('openLink');
  expect(
    opened.filter(({ href }) => !/^https?:\/\//i.test(href)),
    name,
  ).toEqual([]);
  expect(await view.followedByVsCode(), name).toEqual([]);
  expect(view.escaped, name).toEqual([]);
  expect(view.dialogs, name).toEqual([]);
  expect(view.errors, name).toEqual([]);
  expect(view.page.url(), name).toBe('https://webview.test/');
  expect(view.page.context().pages(), name).toHaveLength(1);
}
