import { describe, expect, it } from 'vitest';
import type { HostMessage } from '../../src/shared/view-messages.ts';
import { MODEL, state, status, turn } from './fixtures/conversation.ts';
import { ENORMOUS, HOSTILE } from './fixtures/hostile.ts';
import { expectInnocence } from './page/innocence.ts';
import { openView, useBrowser, type View } from './page/view.ts';

useBrowser();

/** A generous limit: everything is drawn many times over on a busy machine. */
const timeout = 900_000;

/** A text wherever one may stand: as a message, an answer, a passage, a name. */
function everywhere(text: string): HostMessage {
  const passage = { turnId: 1, createdAt: 0, role: 'answer' as const, text };
  const told = turn(1, { message: text, answer: text, recall: { asked: true, passages: [passage] } });
  const model = { ...MODEL, name: text.slice(0, 1000), devices: [text.slice(0, 1000)] };
  return {
    ...(state([told], { status: status({ activity: { kind: 'loading', fraction: 0.5 }, model }) }) as Extract<
      HostMessage,
      { type: 'state' }
    >),
    modelName: text.slice(0, 1000),
  };
}

/** The text in a fence and behind it, in pieces that are cut within the fences and elsewhere. */
function piecesOf(text: string): readonly string[] {
  const whole = `Look:\n\n\`\`\`html\n${text}\n\`\`\`\n\n${text}`.toWellFormed();
  const fences = [...whole.matchAll(/```/g)].slice(0, 12).flatMap(({ index }) => [index + 1, index + 2]);
  const cuts = [...fences, ...[0.1, 0.3, 0.5, 0.7, 0.9].map((part) => Math.floor(whole.length * part)), whole.length];
  const sorted = [...new Set(cuts)].toSorted((a, b) => a - b);
  return sorted.map((cut, index) => whole.slice(sorted[index - 1] ?? 0, cut));
}

async function stream(view: View, pieces: readonly string[]): Promise<void> {
  await view.tell(state([turn(1, { state: 'running', answer: '' })]));
  let offset = 0;
  for (const text of pieces) {
    await view.tell({ type: 'text', turnId: 1, offset, text });
    offset += text.length;
  }
  await view.tell({ type: 'turn', turn: turn(1, { answer: pieces.join('') }) });
}

describe('whatever the model writes is text', () => {
  it.each(Object.entries(HOSTILE))('%s do nothing, wherever they stand', { timeout }, async (_, texts) => {
    const view = await openView();
    for (const [name, text] of Object.entries(texts)) {
      await view.tell(everywhere(text));
      await expectInnocence(view, name);
      expect((await view.answers.innerText()).replace('Endless', '').trim(), name).not.toBe('');
      expect((await view.messages.locator('p').textContent())?.toWellFormed(), name).toBe(text.toWellFormed());
    }
  });

  it.each(Object.entries(HOSTILE))('%s do nothing while they stream, in a fence and out of it', { timeout }, async (_, texts) => {
    const view = await openView();
    for (const [name, text] of Object.entries(texts)) {
      await stream(view, piecesOf(text));
      await expectInnocence(view, name);
    }
  });

  it('is a corpus of its own', () => {
    expect(Object.values(HOSTILE).flatMap(Object.keys).length + Object.keys(ENORMOUS).length).toBeGreaterThan(120);
  });

  it('markup is shown as it was written', async () => {
    const view = await openView();
    await view.tell(state([turn(1, { answer: 'Use <b>bold</b> or <img src=x onerror=alert(1)>.' })]));
    await view.answers.getByText('Use <b>bold</b> or <img src=x onerror=alert(1)>.').waitFor();
  });

  it.each(['![pixel](https://evil.example/pixel.png)', '[click](javascript:alert(1))', '[open](command:quit)'])(
    'so is %s, which leads nowhere',
    async (answer) => {
      const view = await openView();
      await view.tell(state([turn(1, { answer })]));
      expect((await view.prose.textContent())?.trim()).toBe(answer);
    },
  );

  it('an address of the web is a link, one of mail is not', async () => {
    const view = await openView();
    await view.tell(state([turn(1, { answer: 'Ask a@ok.example, see https://ok.example/a_b and (www.ok.example).' })]));
    await expect.poll(() => view.prose.locator('a').allTextContents()).toEqual(['https://ok.example/a_b', 'www.ok.example']);
    await expect.poll(() => view.prose.textContent()).toBe('Ask a@ok.example, see https://ok.example/a_b and (www.ok.example).');
  });

  it('code says where its direction is turned, and is copied as it is', async () => {
    const view = await openView();
    const code = 'if (level != "user\u202E \u2066// admin\u2069") {}';
    await view.tell(state([turn(1, { answer: `\`\`\`js\n${code}\n\`\`\`\n\nand \`a\u202Eb\`` })]));
    await view.answers.getByText('[U+202E] [U+2066]// admin[U+2069]').waitFor();
    await expect.poll(() => view.prose.locator('code').textContent()).toBe('a[U+202E]b');
    await view.button('Copy code').click();
    expect(await view.nextOfType('copy')).toEqual({ type: 'copy', text: code });
  });
});

describe('whatever its size', () => {
  it.each(Object.entries(ENORMOUS))('%s is shown, and the chat stays usable', { timeout }, async (name, text) => {
    const view = await openView();
    view.page.setDefaultTimeout(timeout);
    await view.tell(everywhere(text));
    // The next frame comes, and keys arrive.
    await view.page.evaluate(() => new Promise(requestAnimationFrame));
    await view.type('still here');
    await expect.poll(() => view.composer.inputValue()).toBe('still here');
    await expectInnocence(view, name);
    const unfold = view.button(/^Show all/);
    if ((await unfold.count()) > 0) await unfold.first().click();
    await view.drawn();
    const written = (shown: string): number => shown.replaceAll(/[^a-z[>*`|.\\]/g, '').length;
    expect(written((await view.answers.textContent()) ?? '')).toBeGreaterThan(0);
    expect((await view.messages.locator('p').textContent())?.length).toBe(text.length);
  });

  it.each(Object.entries(ENORMOUS))('%s streams, and the chat stays usable', { timeout }, async (name, text) => {
    const view = await openView();
    view.page.setDefaultTimeout(timeout);
    await stream(view, piecesOf(text));
    await view.type('still here');
    await expect.poll(() => view.composer.inputValue()).toBe('still here');
    await expectInnocence(view, name);
  });
});
