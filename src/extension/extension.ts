import { join } from 'node:path';
import * as vscode from 'vscode';
import { connectToEngine } from '../link/connect.ts';
import { runDirectory } from '../link/run-directory.ts';
import { engineOutputPath, startEngine } from '../link/start-engine.ts';
import type { EngineSettings } from '../shared/protocol/engine-settings.ts';
import { AnswerCode } from './answer-code/answer-code.ts';
import { ChatSession } from './chat/chat-session.ts';
import { ChatView } from './chat/chat-view.ts';
import { CommandRequests } from './commands/command-requests.ts';
import { registerCommands } from './commands/register-commands.ts';
import { registerCompletions } from './completion/register-completions.ts';
import { Configuration } from './configuration.ts';
import { connectContext } from './context/connect-context.ts';
import { RecentFailures } from './diagnostics/recent-failures.ts';
import { EditReviews } from './edits/edit-reviews.ts';
import { registerReviewCommands } from './edits/review-commands.ts';
import { conversationId } from './engine/conversation-id.ts';
import { EngineClient } from './engine/engine-client.ts';
import { EngineOutput } from './engine/engine-output.ts';
import { SideRequests } from './engine/side-requests.ts';
import { tellPreferences } from './engine/tell-preferences.ts';
import { WorkspaceInstructions } from './instructions/workspace-instructions.ts';
import { registerLanguageModel } from './language-model/language-model-provider.ts';
import { createLog, logEngine } from './log.ts';
import { ModelChooser } from './models/choose-model.ts';
import { Downloads } from './models/downloads.ts';
import { HubAccess } from './models/hub-access.ts';
import { showDownloads } from './models/show-downloads.ts';
import { ServerSecrets } from './models/server/server-secrets.ts';
import { tellServers } from './models/server/tell-servers.ts';
import { Prompts } from './prompts/prompts.ts';
import { showFailure } from './status/failure-notification.ts';
import { showStatus } from './status/show-status.ts';

/** What other programs may read of the extension. */
export interface EndlessExports {
  /** How long `activate` took, in milliseconds. */
  readonly activationMs: number;
}

/**
 * Puts the parts together. Nothing is started here: the engine is looked for when the chat is first shown or somebody
 * types, and the model is loaded with the first message or completion.
 */
export function activate(context: vscode.ExtensionContext): EndlessExports {
  const started = performance.now();
  const log = createLog();
  const configuration = new Configuration(context.extensionPath, log);
  const engine = new EngineClient(() => findEngine(context, log));
  const failures = new RecentFailures();
  logEngine(engine, new EngineOutput(engineOutputPath(runDirectory())), log, failures);
  const preferences = tellPreferences(configuration, engine);
  const secrets = new ServerSecrets(context.secrets);
  const permits = tellServers(configuration, engine, secrets);
  const prompts = new Prompts(join(context.extensionPath, 'prompts'));
  const instructions = new WorkspaceInstructions({ configuration, prompts, log });
  const settings = (): EngineSettings => ({ ...configuration.engineSettings, instructions: instructions.text });
  const address = { conversationId: windowConversation() };
  const session = new ChatSession(engine, address.conversationId, { settings, settled: () => instructions.settled });
  const requests = new SideRequests(engine, {
    settings: () => ({ engine: settings(), requestWindow: configuration.requestWindow }),
    settled: () => instructions.settled,
  });
  const attaching = connectContext({ memory: context.workspaceState, engine, session, requests, settings, address, log });
  const commandRequests = new CommandRequests({ requests, configuration, address });
  const reviews = new EditReviews(configuration, log);
  const code = new AnswerCode({ session, reviews });
  const hub = new HubAccess(configuration, context.secrets);
  const downloads = new Downloads(engine, hub.hub, context.globalState);
  const chooser = new ModelChooser({ configuration, engine, session, downloads, hub });
  const servers = { configuration, engine, secrets, chooser };
  session.on('message', (message) => {
    if (message.type === 'turn' && message.turn.error) failures.note(message.turn.error);
  });
  session.on('failure', (error) => {
    failures.note(error);
    void showFailure(error);
  });
  context.subscriptions.push(log, configuration, preferences, permits, instructions, engine, session, reviews, code, attaching, downloads);

  const view = { session, context: attaching.context, code, chooser, downloads, extensionUri: context.extensionUri, log };
  const contributions: Readonly<Record<string, () => vscode.Disposable>> = {
    view: () => vscode.window.registerWebviewViewProvider(ChatView.id, new ChatView(view)),
    commands: () =>
      registerCommands({
        session,
        context: attaching.context,
        chooser,
        servers,
        instructions,
        prompts,
        requests: commandRequests,
        reviews,
        log,
        diagnostics: { session, engine, failures, extension: context.extension },
      }),
    reviews: () => registerReviewCommands(reviews),
    downloads: () => showDownloads(downloads),
    status: () => showStatus({ session, engine, configuration }),
    completions: () => registerCompletions(configuration, engine, log),
    languageModel: () => registerLanguageModel({ configuration, engine, requests, log }),
    settings: () => configuration.onDidChangeModel(() => session.modelChanged()),
  };
  for (const [name, contribute] of Object.entries(contributions)) {
    try {
      context.subscriptions.push(contribute());
    } catch (error) {
      log.error(`The contribution "${name}" failed: ${String(error)}`);
    }
  }

  const activationMs = performance.now() - started;
  log.info(`activated in ${activationMs.toFixed(1)} ms`);
  return { activationMs };
}

function findEngine(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): ReturnType<typeof connectToEngine> {
  const directory = runDirectory();
  return connectToEngine({
    directory,
    client: `${vscode.env.appName} ${vscode.version}`,
    report: (problem) => log.warn(problem),
    start: () => startEngine(join(context.extensionPath, 'dist', 'engine.mjs'), directory),
  });
}

function windowConversation(): string {
  return conversationId((vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.toString()));
}
