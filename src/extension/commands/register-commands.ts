import * as vscode from 'vscode';
import type { ChatSession } from '../chat/chat-session.ts';
import { ChatView } from '../chat/chat-view.ts';
import type { ModelChooser } from '../models/choose-model.ts';

export interface CommandTargets {
  readonly session: ChatSession;
  readonly chooser: ModelChooser;
  readonly log: vscode.LogOutputChannel;
}

/** Registers the commands that the manifest declares. */
export function registerCommands({ session, chooser, log }: CommandTargets): vscode.Disposable {
  const commands: Readonly<Record<string, (argument?: unknown) => unknown>> = {
    'endless.openChat': () => vscode.commands.executeCommand(`${ChatView.id}.focus`),
    'endless.chooseModel': () => chooser.choose(),
    'endless.useGgufFile': () => chooser.useFile(),
    'endless.useThisFile': (file) => (file instanceof vscode.Uri ? chooser.useFile(file) : undefined),
    'endless.tryBundledModel': () => chooser.useBundled(),
    'endless.stop': () => session.stop(),
    'endless.restartEngine': () => session.retry(),
    'endless.showLog': () => log.show(),
  };
  return vscode.Disposable.from(...Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, run)));
}
