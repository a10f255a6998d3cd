import * as vscode from 'vscode';
import type { ChatSession } from '../chat/chat-session.ts';
import { ChatView } from '../chat/chat-view.ts';
import type { Commands } from './commands.ts';

/** What is done with the whole of the conversation. */
export function historyCommands({ session }: { readonly session: ChatSession }): Commands {
  return {
    'endless.searchHistory': () => searchHistory(session),
    'endless.exportConversation': async () => (await import('../history/export-conversation.ts')).exportConversation(session),
    'endless.clearConversation': async () => (await import('../history/clear-conversation.ts')).clearConversation(session),
    'endless.undoClear': async () => (await import('../history/clear-conversation.ts')).undoClear(session),
  };
}

async function searchHistory(session: ChatSession): Promise<void> {
  await vscode.commands.executeCommand(`${ChatView.id}.focus`);
  session.showSearch();
}
