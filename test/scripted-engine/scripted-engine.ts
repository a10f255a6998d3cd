import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientConnection } from '../../src/link/rpc.ts';
import { EndlessError } from '../../src/shared/errors.ts';
import type { Address } from '../../src/shared/protocol/address.ts';
import { PROTOCOL_VERSION, type EngineApi } from '../../src/shared/protocol/protocol.ts';
import { scriptedCompletion } from './scripted-completion.ts';
import { ScriptedConversation } from './scripted-conversation.ts';
import { countTokens } from './scripted-cache.ts';
import { scriptedAnswer } from './scripted-requests.ts';
import { commandOf, errorCode } from './scripts.ts';

export interface ScriptedEngineOptions {
  /** Where the transcripts are kept. */
  readonly directory: string;
  /** Ends the engine as a crash does. */
  readonly crash: () => void;
  readonly protocolVersion?: number;
}

/** Holds whatever code was shown for completions, a line of JSON for each time. */
export const SHOWN_FILE = 'shown.jsonl';

/** Holds every message with the settings that it was sent with, a line of JSON each. */
export const SENT_FILE = 'sent.jsonl';
/** What was attached to messages that are being written, all of it, a line of JSON each time. */
export const ATTACHED_FILE = 'attached.jsonl';
/** What the engine as a whole was told to be, one line each. */
export const PREFERENCES_FILE = 'preferences.jsonl';

/**
 * An engine without a model: every answer and every fault is written in `scripts.ts` and asked for by the message.
 * Two messages act before they are answered: `/reject CODE` is not taken, and `/lose` is taken, but the engine
 * crashes before it can say so.
 */
export function scriptedEngine(options: ScriptedEngineOptions): EngineApi<ClientConnection> {
  const conversations = new Map<string, ScriptedConversation>();
  const conversation = (address: Address): ScriptedConversation => {
    const id = address.conversationId;
    const known = conversations.get(id);
    if (known) return known;
    const opened = new ScriptedConversation(address, join(options.directory, `scripted-${id}.json`), options.crash);
    conversations.set(id, opened);
    return opened;
  };
  const note = (file: string, what: unknown): void => appendFileSync(join(options.directory, file), `${JSON.stringify(what)}\n`);
  return {
    async hello() {
      return { protocolVersion: options.protocolVersion ?? PROTOCOL_VERSION, pid: process.pid };
    },
    async prefer({ preferences }) {
      note(PREFERENCES_FILE, preferences);
      return {};
    },
    async diagnostics() {
      return {
        node: process.versions.node,
        library: 'scripted',
        uptimeSeconds: 1,
        processBytes: 1,
        clients: 1,
        conversations: 1,
        contexts: ['chat'],
        cuda: 'none',
      };
    },
    async restart(_params, client) {
      client.notify('leaving', {});
      setImmediate(options.crash);
      return {};
    },
    async cuda() {
      return { kind: 'none', folder: '', downloadBytes: 0, unpackedBytes: 0 };
    },
    async downloadCuda() {
      throw new EndlessError('cuda-unsupported');
    },
    async deleteCuda() {
      return {};
    },
    async free() {
      for (const each of conversations.values()) each.free();
      return {};
    },
    /** A file named `fail-CODE.gguf` has that fault. */
    async inspectModel({ path }) {
      const [, code] = /fail-([a-z-]+)\.gguf$/.exec(path) ?? [];
      if (code !== undefined) throw new EndlessError(errorCode(code), { path });
      return { name: 'Scripted', architecture: 'llama', fileBytes: 12_345_678, trainedContext: 32_768, knowsTools: true };
    },
    async switchModel() {
      return {};
    },
    async allowServer() {
      return {};
    },
    async listServerModels() {
      return { models: ['scripted'] };
    },
    async open({ address, turns }, client) {
      client.notify('log', { level: 'info', message: `opens ${address.conversationId}` });
      return conversation(address).open(client, turns);
    },
    async history({ address, before, turns }) {
      return conversation(address).history(before, turns);
    },
    async later({ address, after, turns }) {
      return conversation(address).later(after, turns);
    },
    async size({ address }) {
      return { turns: conversation(address).size };
    },
    async samples({ address, since }) {
      return { samples: conversation(address).samples(since) };
    },
    /** What begins with `fail-CODE` fails so. */
    async search({ address, query, limit }) {
      const [, code] = /^fail-([a-z-]+)$/.exec(query) ?? [];
      if (code !== undefined) throw new EndlessError(errorCode(code));
      return conversation(address).search(query, limit);
    },
    async clear({ address }) {
      return { turns: await conversation(address).clear() };
    },
    async deleteCleared({ address }) {
      conversation(address).deleteCleared();
      return {};
    },
    async undoClear({ address }) {
      return { turns: conversation(address).undoClear() };
    },
    async send({ address, ...sent }) {
      const { message, settings, attachments = [] } = sent;
      const { name, argument } = commandOf(message);
      if (name === 'reject') throw new EndlessError(errorCode(argument));
      note(SENT_FILE, { message, settings, attachments });
      const { turn, isNew } = conversation(address).accept(sent);
      if (name === 'lose' && isNew) options.crash();
      conversation(address).start();
      return { turnId: turn.id };
    },
    async stop({ address, turnId }) {
      conversation(address).stop(turnId);
      return {};
    },
    async forget({ address, turnId }) {
      conversation(address).forget(turnId);
      return {};
    },
    async pin({ address, turnId, pinned }) {
      conversation(address).pin(turnId, pinned);
      return {};
    },
    /** Evaluates nothing. */
    async attach({ attachments }) {
      note(ATTACHED_FILE, attachments);
      return {};
    },
    async compact({ address }) {
      return { evicted: conversation(address).compact() };
    },
    async beginSection({ address }) {
      return { section: conversation(address).beginSection() };
    },
    async generate(params, client, signal) {
      return scriptedAnswer(params, client, signal, options.directory);
    },
    async countTokens({ text }) {
      return { tokens: countTokens(text) };
    },
    async complete({ place }) {
      note(SHOWN_FILE, place);
      return scriptedCompletion(place);
    },
    async passages({ passages }) {
      note(SHOWN_FILE, passages);
      return {};
    },
    /** A machine without a GPU, for which nothing is known that would fit. */
    async rankModels() {
      return { machine: { backend: 'cpu', devices: [], vramBytes: 0, ramBytes: 16e9, isUnified: false }, models: [] };
    },
    async localModels() {
      return { models: [] };
    },
    async deleteModel() {
      return {};
    },
    async downloads() {
      return { downloads: [] };
    },
    /** Loads nothing: what a download needs is a hub, and with one the real engine can be had. */
    async startDownload() {
      return {};
    },
    async takeDownload() {
      return { isYours: false };
    },
    async endDownload() {
      return {};
    },
  };
}
