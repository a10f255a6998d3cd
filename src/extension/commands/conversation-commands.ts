import * as vscode from 'vscode';
import type { ChatSession } from '../chat/chat-session.ts';
import { ChatView } from '../chat/chat-view.ts';
import { showInstructions } from '../instructions/show-instructions.ts';
import type { WorkspaceInstructions } from '../instructions/workspace-instructions.ts';
import type { Commands } from './commands.ts';
import { untilDone } from './until-done.ts';

export interface ConversationTargets {
  readonly session: ChatSession;
  readonly instructions: WorkspaceInstructions;
}

/** How long a message stays in the status bar, and how much of the user's words is in it. */
const MESSAGE_MS = 8_000;
const LONGEST_QUOTE = 60;

/** What steers the conversation. */
export function conversationCommands({ session, instructions }: ConversationTargets): Commands {
  return {
    'endless.newSection': () => newSection(session),
    'endless.compact': () => compact(session),
    'endless.forgetLastTurn': () => forgetLastTurn(session),
    'endless.showCache': () => showCache(session),
    'endless.showInstructions': () => showInstructions(instructions),
  };
}

/** The view is where the next message is written. */
async function newSection(session: ChatSession): Promise<void> {
  await showChat();
  await untilDone(session.beginSection());
}

async function compact(session: ChatSession): Promise<void> {
  const evicted = await untilDone(session.compact());
  if (evicted === undefined) return;
  const tokens = evicted.toLocaleString(vscode.env.language);
  const sentence =
    evicted > 0
      ? vscode.l10n.t('{tokens} tokens have left the cache. The transcript keeps everything.', { tokens })
      : vscode.l10n.t('Nothing to evict: the newest two turns always stay.');
  await vscode.window.showInformationMessage(sentence);
}

async function forgetLastTurn(session: ChatSession): Promise<void> {
  const turn = await untilDone(session.forgetLastTurn());
  if (!turn) return;
  const message = quote(turn.message);
  vscode.window.setStatusBarMessage(`$(trash) ${vscode.l10n.t('Forgotten: “{message}”', { message })}`, MESSAGE_MS);
}

async function showCache(session: ChatSession): Promise<void> {
  await showChat();
  if (await session.showCache()) return;
  await vscode.window.showInformationMessage(vscode.l10n.t('There is no cache yet: the first message makes one.'));
}

function showChat(): Thenable<unknown> {
  return vscode.commands.executeCommand(`${ChatView.id}.focus`);
}

/** The beginning of a message, in one line and without what would be drawn as an icon. */
function quote(message: string): string {
  const line = message.trim().replaceAll(/\s+/g, ' ').replaceAll('$(', '$ (');
  return line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE).trimEnd()}…` : line;
}
