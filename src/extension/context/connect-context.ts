import type * as vscode from 'vscode';
import type { Address } from '../../shared/protocol/address.ts';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import type { ChatSession } from '../chat/chat-session.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import type { SideRequests } from '../engine/side-requests.ts';
import { ChatContext } from './chat-context.ts';
import { DraftAttachments } from './draft-attachments.ts';
import { Prefill } from './prefill.ts';

export interface ContextParts {
  readonly memory: vscode.Memento;
  readonly engine: EngineClient;
  readonly session: ChatSession;
  readonly requests: SideRequests;
  readonly settings: () => EngineSettings;
  readonly address: Address;
  readonly log: vscode.LogOutputChannel;
}

export interface Attaching {
  readonly context: ChatContext;
  dispose(): void;
}

/** Puts together what knows of attachments, and lets it hear of the conversation and the engine. */
export function connectContext(parts: ContextParts): Attaching {
  const { memory, engine, session, requests, settings, address, log } = parts;
  const attachments = new DraftAttachments({
    memory,
    count: (text) => requests.countTokens(text, new AbortController().signal),
    longestMessage: () => session.status?.longestMessage,
  });
  const context = new ChatContext(attachments, log);
  const prefill = new Prefill({
    attachments,
    isReady: () => engine.state.kind === 'ready' && session.hasModel,
    tell: (attached) => engine.request('attach', { address, attachments: [...attached], settings: settings() }),
    log: (problem) => log.info(problem),
    after: (milliseconds, run) => {
      const timer = setTimeout(run, milliseconds);
      return () => clearTimeout(timer);
    },
  });
  let counted = settings().modelPath;
  session.on('message', (message) => {
    if (message.type === 'accepted') attachments.accepted(message.key);
    if (message.type === 'rejected') attachments.rejected(message.key);
    const { modelPath } = settings();
    if (modelPath !== counted) attachments.forgetCounts();
    counted = modelPath;
    attachments.roomChanged();
  });
  session.on('returned', (returned) => attachments.giveBack(returned));
  engine.on('state', ({ kind }) => {
    if (kind !== 'ready') return;
    prefill.engineCame();
    attachments.recount();
  });
  return {
    context,
    dispose: () => {
      prefill.dispose();
      context.dispose();
    },
  };
}
