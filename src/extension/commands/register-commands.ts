import * as vscode from 'vscode';
import { ChatView } from '../chat/chat-view.ts';
import type { DiagnosticsTargets } from '../diagnostics/show-diagnostics.ts';
import type { ModelChooser } from '../models/choose-model.ts';
import type { ServerTargets } from '../models/server/choose-server.ts';
import { serverCommands } from '../models/server/server-commands.ts';
import { ProblemActions } from './code-actions.ts';
import type { Commands } from './commands.ts';
import { CommitMessage, type CommitTargets } from './commit-message.ts';
import { contextCommands, type ContextTargets } from './context-commands.ts';
import { conversationCommands, type ConversationTargets } from './conversation-commands.ts';
import { editingCommands, type EditingTargets } from './editing-commands.ts';
import { historyCommands } from './history-commands.ts';
import { talkingCommands, type TalkingTargets } from './talking-commands.ts';
import { trustedCommands } from './trusted-commands.ts';

export interface CommandTargets extends ConversationTargets, ContextTargets, TalkingTargets, EditingTargets, CommitTargets {
  readonly chooser: ModelChooser;
  readonly servers: ServerTargets;
  readonly log: vscode.LogOutputChannel;
  readonly diagnostics: DiagnosticsTargets;
}

/** Registers the commands that the manifest declares. */
export function registerCommands(targets: CommandTargets): vscode.Disposable {
  const { session, chooser, log } = targets;
  const commands: Commands = {
    'endless.openChat': () => vscode.commands.executeCommand(`${ChatView.id}.focus`),
    'endless.chooseModel': () => chooser.choose(),
    'endless.useGgufFile': () => chooser.useFile(),
    'endless.useThisFile': (file) => (file instanceof vscode.Uri ? chooser.useFile(file) : undefined),
    'endless.tryBundledModel': () => chooser.useBundled(),
    'endless.setHubToken': () => chooser.setHubToken(),
    'endless.forgetHubToken': () => chooser.forgetHubToken(),
    'endless.stop': () => session.stop(),
    'endless.freeGpu': async () => (await import('../models/free-gpu.ts')).freeGpu(session),
    'endless.downloadCuda': async () => (await import('../models/download-cuda.ts')).downloadCuda(targets.diagnostics.engine),
    'endless.restartEngine': async () => (await import('../engine/restart-engine.ts')).restartEngine(targets.diagnostics.engine),
    'endless.showLog': () => log.show(),
    'endless.showDiagnostics': async () => (await import('../diagnostics/show-diagnostics.ts')).showDiagnostics(targets.diagnostics),
    ...serverCommands(targets.servers),
    ...conversationCommands(targets),
    ...historyCommands(targets),
    ...contextCommands(targets),
    ...talkingCommands(targets),
    ...trustedCommands(editingCommands(targets)),
    ...trustedCommands(new CommitMessage(targets).commands),
  };
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, run)),
    ProblemActions.register(),
  );
}
