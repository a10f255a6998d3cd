import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CompletionContext } from '../../../src/engine/completion/completion-context.ts';
import { extentAt } from '../../../src/engine/completion/extent.ts';
import { Framing } from '../../../src/engine/completion/framing.ts';
import { write, type WriteOptions, type Written } from '../../../src/engine/completion/write.ts';
import { ModelSlot } from '../../../src/engine/model/model-slot.ts';
import { BUNDLED_MODEL } from '../bundled-model.ts';

const place = {
  repository: 'r',
  path: 'a.ts',
  before: 'function add(first, second) {\n  return first + second;\n}\n\nfunction subtract(first, second) {\n  const ',
  after: '\n}\n',
  explicit: false,
};
const never = new AbortController().signal;

describe('what a model writes', () => {
  const slot = new ModelSlot();
  let context: CompletionContext;
  beforeAll(async () => {
    const settings = { modelPath: BUNDLED_MODEL, gpu: 'off', threads: 1, quantizedValues: false, window: 256 } as const;
    const options = { log: (): void => undefined, onProgress: (): void => undefined };
    const opened = await slot.open(settings, options, (weights) => CompletionContext.open(weights, 256));
    if (typeof opened === 'string') throw new Error(opened);
    context = opened;
  });
  afterAll(() => slot.unload());

  async function writeWith(options: Partial<WriteOptions>): Promise<Written> {
    const { tokens } = new Framing(context).promptAt(place, 'moved');
    const whole = { sampling: { temperature: 0 }, budgetMs: 10_000, signal: never, ...options };
    return write(context, tokens, place, extentAt(place, false), whole);
  }

  it('ends when its time is up, with what was written by then', async () => {
    const whole = await writeWith({});
    const begun = await writeWith({ budgetMs: -1 });
    expect(whole.generated).toBeGreaterThan(1);
    expect(begun.generated).toBe(1);
    expect(whole.text.startsWith(begun.text)).toBe(true);
  });

  it('ends when nobody waits any more, and says what was read', async () => {
    const stop = new AbortController();
    stop.abort();
    await context.begin('');
    expect(await writeWith({ signal: stop.signal })).toMatchObject({ text: '', generated: 0, evaluated: expect.any(Number) as number });
  });

  it('counts what was read apart from what was generated', async () => {
    await context.begin('');
    const first = await writeWith({ exactTokens: 6 });
    expect(first).toMatchObject({ reused: 0, generated: 6 });
    const again = await writeWith({ exactTokens: 6 });
    expect(again).toMatchObject({ evaluated: 1, reused: first.evaluated - 1 - context.format.head('').length, text: first.text });
  });
});
