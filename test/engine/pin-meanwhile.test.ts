import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ChatSlot } from '../../src/engine/conversation/chat-slot.ts';
import { Conversation } from '../../src/engine/conversation/conversation.ts';
import type { Broadcast } from '../../src/engine/conversation/publisher.ts';
import { CheckpointFiles } from '../../src/engine/memory/checkpoint-files.ts';
import { Transcript } from '../../src/engine/memory/transcript.ts';
import { ModelSlot } from '../../src/engine/model/model-slot.ts';
import { ServerAccess } from '../../src/engine/model/remote/server-access.ts';
import { ShiftTrials } from '../../src/engine/model/shift-trial.ts';
import { Precedence } from '../../src/engine/precedence.ts';
import { testSettings } from './bundled-model.ts';

let directory: string;
let transcript: Transcript;
let slot: ChatSlot;
let conversation: Conversation;
let onText: (turnId: number) => void;

const broadcast: Broadcast = (name, params) => {
  if (name === 'text' && 'turnId' in params) onText(params.turnId);
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'endless-'));
  transcript = Transcript.open(directory, 'pinning');
  const [trials, precedence] = [new ShiftTrials(directory, ''), new Precedence()];
  slot = new ChatSlot({
    model: new ModelSlot(),
    log: () => undefined,
    trials,
    precedence,
    contexts: () => [],
    onContexts: () => undefined,
    onDeviceLost: () => undefined,
    freed: () => undefined,
    cuda: () => undefined,
    access: new ServerAccess(),
    mostSeats: () => 1,
    saveAfterMs: () => 0,
  });
  const files = new CheckpointFiles(directory);
  const address = { conversationId: 'pinning' };
  conversation = new Conversation({ address, transcript, files, slot, broadcast, mostCheckpointBytes: () => 0 });
  onText = () => undefined;
});
afterEach(async () => {
  conversation.shutDown();
  await slot.exclusively(() => slot.save());
  conversation.close();
  rmSync(directory, { recursive: true });
});

/** Sends a message; settles when its answer has ended. */
async function say(message: string): Promise<number> {
  const { turnId } = conversation.send({ key: crypto.randomUUID(), message, settings: testSettings() });
  await slot.exclusively(() => Promise.resolve());
  return turnId;
}

const held = (): readonly (number | string)[] => conversation.status.cache?.segments.map(({ kind, turnId }) => turnId ?? kind) ?? [];

it('a turn is pinned in the middle of the answer to another, and stays from then on', async () => {
  await say('One');
  const pinned = Promise.withResolvers<string>();
  onText = (turnId) => {
    onText = () => undefined;
    conversation.pin(1, true).then(() => pinned.resolve(transcript.turn(turnId).state), pinned.reject);
  };
  const second = await say('Write a function');
  expect(await pinned.promise).toBe('running');
  expect(held()).toEqual(['sink', 1, second]);
  while (held().includes(second)) await say('What does map do with the elements of a list? '.repeat(3));
  expect(held().slice(0, 2)).toEqual(['sink', 1]);
  expect(transcript.turn(1).pinned).toBe(true);
});
