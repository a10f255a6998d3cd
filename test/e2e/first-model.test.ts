import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LocalServer, file, LINKED, MODEL, status, type Answer } from '../engine/downloads/local-hub.ts';
import type { ChatView } from './harness/chat-view.ts';
import { Workbench } from './harness/workbench.ts';

const HALF = Math.floor(MODEL.length / 2);

/** Sends half of what it was asked for, and the rest when it is told to. */
function inHalves(released: Promise<void>): Answer {
  return (_request, response) => {
    response.writeHead(200, { ...LINKED, 'content-length': MODEL.length });
    response.write(MODEL.subarray(0, HALF));
    void released.then(() => response.end(MODEL.subarray(HALF)));
  };
}

/** A profile in which nothing is chosen, and a hub on this machine that has the bundled model under every name. */
async function freshWorkbench(hub: LocalServer, settings: Readonly<Record<string, unknown>> = {}): Promise<Workbench> {
  return Workbench.open({ engine: 'real', settings: { 'endless.model.path': '', 'endless.model.hub': hub.address, ...settings } });
}

/** The first of the models that can be downloaded: the line with the heading. */
function recommended({ page }: Workbench): Locator {
  return page.locator('.quick-input-list .monaco-list-row', { hasText: 'Recommended for this machine' });
}

describe('the first run, with an empty profile', () => {
  const released = Promise.withResolvers<void>();
  let hub: LocalServer;
  let workbench: Workbench;
  let chat: ChatView;
  beforeAll(async () => {
    hub = await LocalServer.start(inHalves(released.promise));
    workbench = await freshWorkbench(hub);
    chat = await workbench.openChat();
  });
  afterAll(async () => {
    await workbench.dispose();
    await hub.close();
  });

  it('begins with the welcome view, which offers a list that knows this machine', async () => {
    await workbench.screenshot('first-run/1-welcome');
    await chat.button('Choose a model…').click();
    await expect.poll(async () => (await workbench.quickInput.choices()).length).toBeGreaterThan(4);
    await recommended(workbench).waitFor();
    await workbench.screenshot('first-run/2-models');
  });

  it('shows how the model comes in, in the view and in a message', async () => {
    await recommended(workbench).click();
    await chat.download.getByText(/2\.5 MB of 5 MB/).waitFor();
    await workbench.notification(/2\.5 MB of 5 MB/).waitFor();
    await workbench.screenshot('first-run/3-download');
  });

  it('goes on with it while the window is loaded anew', async () => {
    await workbench.reload();
    await workbench.openChat();
    await chat.download.getByText(/2\.5 MB of 5 MB/).waitFor();
    expect(hub.asked).toHaveLength(1);
  });

  it('ends with the first answer, and nothing else had to be done', async () => {
    released.resolve();
    await expect.poll(() => chat.welcome.count()).toBe(0);
    expect(await chat.ask('Hello!')).toMatch(/\w/);
    await workbench.screenshot('first-run/4-answer');
    expect(hub.asked).toHaveLength(1);
  });
});

describe('a download of the first model', () => {
  let hub: LocalServer;
  let workbench: Workbench;
  let chat: ChatView;
  beforeEach(async () => {
    hub = await LocalServer.start();
    workbench = await freshWorkbench(hub);
    chat = await workbench.openChat();
  });
  afterEach(async () => {
    await workbench.dispose();
    await hub.close();
  });

  const chooseFirst = async (): Promise<void> => {
    await chat.button('Choose a model…').click();
    await recommended(workbench).click();
  };

  it('can be stopped, and goes on where it was', async () => {
    hub.answers = [inHalves(new Promise(() => undefined)), file()];
    await chooseFirst();
    await chat.download.getByText(/2\.5 MB of 5 MB/).waitFor();
    await chat.button('Stop').click();
    await chat.download.getByText(/Stopped: 2\.5 MB of 5 MB/).waitFor();
    await workbench.screenshot('first-run/stopped');
    await chat.button('Go on').click();
    await expect.poll(() => chat.welcome.count()).toBe(0);
    expect(hub.asked.map(({ range }) => range)).toEqual([undefined, `bytes=${String(HALF)}-`]);
  });

  it('is deleted only after a question that says how much there is', async () => {
    hub.answers = [inHalves(new Promise(() => undefined))];
    await chooseFirst();
    await chat.download.getByText(/2\.5 MB of 5 MB/).waitFor();
    await chat.button('Stop').click();
    await chat.button('Delete').click();
    const question = workbench.dialog(/Delete what has come in of/);
    await question.getByText('2.5 MB of 5 MB are there.').waitFor();
    await question.getByRole('button', { name: 'Cancel' }).click();
    await chat.download.getByText(/Stopped: 2\.5 MB of 5 MB/).waitFor();
    await chat.button('Delete').click();
    await question.getByRole('button', { name: 'Delete' }).click();
    await chat.download.waitFor({ state: 'detached' });
  });

  it('asks for a token where the hub does, and goes on with it', async () => {
    const guarded: Answer = (request, response) =>
      (request.headers.authorization === 'Bearer secret' ? file() : status(401))(request, response);
    hub.answers = [guarded];
    await chooseFirst();
    await chat.download.getByRole('button', { name: 'Enter a token…' }).waitFor();
    await workbench.screenshot('first-run/token-needed');
    await chat.download.getByRole('button', { name: 'Enter a token…' }).click();
    await workbench.quickInput.answer(/Access token for 127\.0\.0\.1/, 'secret');
    await expect.poll(() => chat.welcome.count()).toBe(0);
    expect(hub.asked.map(({ authorization }) => authorization)).toEqual([undefined, 'Bearer secret']);
  });
});
