import * as vscode from 'vscode';
import { ChatView } from '../chat/chat-view.ts';

/** The engine may have an answer to end first: the view shows that something is under way. */
export function untilDone<T>(work: Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: { viewId: ChatView.id } }, () => work);
}
