import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { Step } from './session.ts';

/**
 * Time from one key to the next, in milliseconds: about what 168,000 people took on average, and how much they differed
 * (Dhakal et al. 2018, "Observations on typing from 136 million keystrokes", CHI, table 2: 239 ms, standard deviation 112).
 */
const MEAN_MS = 239;
const SPREAD_MS = 112;
/** How much longer it takes to begin a line. */
const LINE_PAUSE = 4;
/** So many letters from one slip to the next, each taken back at once. */
const SLIP_EVERY = 23;

/** Hands that type like people: not evenly, and not without slips. */
export class Hands {
  readonly #page: Page;
  #letters = 0;

  constructor(page: Page) {
    this.#page = page;
  }

  async do(step: Step): Promise<void> {
    if ('restMs' in step) await delay(step.restMs);
    else if ('press' in step) await this.#press(step.press, step.times ?? 1);
    else if ('write' in step) await this.#write(step.write);
    else await this.#open(step);
  }

  async #open({ open, line }: Extract<Step, { open: string }>): Promise<void> {
    const { keyboard } = this.#page;
    await keyboard.press('Control+P');
    await this.#page.locator('.quick-input-widget input').fill(`${open}:${line}`);
    await this.#page.locator('.quick-input-list .monaco-list-row', { hasText: open }).first().click();
    await this.#page.locator('.tabs-container .tab.active', { hasText: open }).waitFor();
    await keyboard.press('End');
    await delay(MEAN_MS * LINE_PAUSE);
  }

  async #press(key: string, times: number): Promise<void> {
    for (let n = 0; n < times; n++) {
      await this.#page.keyboard.press(key);
      await delay(interval());
    }
  }

  async #write(text: string): Promise<void> {
    for (const char of text) {
      if (/\w/.test(char) && ++this.#letters % SLIP_EVERY === 0) {
        await this.#press('q', 1);
        await this.#press('Backspace', 1);
      }
      if (char === '\n') {
        // What is chosen in the list of suggestions would be taken.
        await this.#page.keyboard.press('Escape');
        await this.#press('Enter', 1);
        await delay(interval() * LINE_PAUSE);
      } else {
        await this.#page.keyboard.type(char);
        await delay(interval());
      }
    }
  }
}

/** Log-normal, as response times are: never negative, now and then long. */
function interval(): number {
  const variance = Math.log(1 + (SPREAD_MS / MEAN_MS) ** 2);
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return Math.exp(Math.log(MEAN_MS) - variance / 2 + normal * Math.sqrt(variance));
}
