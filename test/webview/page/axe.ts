import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { View } from './view.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Axe {
  run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
}

/** What axe has to say against the page as it is now. */
export async function violations(view: View): Promise<readonly string[]> {
  // Playwright evaluates outside the page's policy, a script element would not get in.
  await view.page.evaluate(await readFile(AXE, 'utf8'));
  const results = await view.page.evaluate(() => (window as unknown as { axe: Axe }).axe.run());
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`));
}
