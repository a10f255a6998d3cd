import { ensureBrowser } from './browser.ts';

export function setup(): void {
  ensureBrowser();
}
