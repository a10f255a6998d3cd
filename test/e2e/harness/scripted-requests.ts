import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Attachment } from '../../../src/shared/attachments.ts';
import type { GenerateParams, GenerateResult } from '../../../src/shared/protocol/generate.ts';
import { ATTACHED_FILE, SENT_FILE } from '../../scripted-engine/scripted-engine.ts';
import { ANSWERS_FILE, REQUESTS_FILE, RESULTS_FILE, type PreparedAnswer } from '../../scripted-engine/scripted-requests.ts';
import type { Sandbox } from './sandbox.ts';

/** What is asked of the scripted engine beside and in the conversation, and what it answers. */
export class ScriptedRequests {
  readonly #directory: string;

  constructor({ runDirectory }: Sandbox) {
    this.#directory = runDirectory;
  }

  /** In place of what was prepared before. */
  prepare(...answers: readonly PreparedAnswer[]): void {
    writeFileSync(join(this.#directory, ANSWERS_FILE), JSON.stringify(answers));
  }

  /** How many have been made beside the conversation. */
  get count(): number {
    return this.#lines(REQUESTS_FILE).length;
  }

  /** Runs something that asks the model beside the conversation, and waits for what it asks. */
  async madeBy(run: () => Promise<void>): Promise<GenerateParams> {
    return (await this.#lineAfter(REQUESTS_FILE, run)) as GenerateParams;
  }

  /** The same, for the answer. */
  async answeredAfter(run: () => Promise<void>): Promise<GenerateResult> {
    return (await this.#lineAfter(RESULTS_FILE, run)) as GenerateResult;
  }

  /** Runs something that asks the model in the conversation, and waits for what it asks. */
  async sentBy(run: () => Promise<void>): Promise<string> {
    return ((await this.#lineAfter(SENT_FILE, run)) as { readonly message: string }).message;
  }

  /** The same, with what is attached. */
  async sentWith(run: () => Promise<void>): Promise<{ readonly message: string; readonly attachments: readonly Attachment[] }> {
    return (await this.#lineAfter(SENT_FILE, run)) as { message: string; attachments: Attachment[] };
  }

  /** What the engine was told last to be attached to the message that is being written: labels. Undefined before the first time. */
  get attached(): readonly string[] | undefined {
    const last = this.#lines(ATTACHED_FILE).at(-1);
    return last === undefined ? undefined : (JSON.parse(last) as Attachment[]).map(({ label }) => label);
  }

  async #lineAfter(file: string, run: () => Promise<void>): Promise<unknown> {
    const before = this.#lines(file).length;
    await run();
    await expect.poll(() => this.#lines(file).length).toBe(before + 1);
    return JSON.parse(this.#lines(file)[before]!);
  }

  #lines(name: string): readonly string[] {
    const file = join(this.#directory, name);
    // What stands behind the last line end is still being written.
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  }
}
