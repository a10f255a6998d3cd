import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { viewPage } from '../../shared/view-page.ts';
import { ViewMessageSchema, type HostMessage, type ViewMessage } from '../../shared/view-messages.ts';
import type { AnswerCode } from '../answer-code/answer-code.ts';
import { ACTION_COMMANDS } from '../commands/action-commands.ts';
import type { Words } from '../commands/words.ts';
import type { ChatContext } from '../context/chat-context.ts';
import type { ModelChooser } from '../models/choose-model.ts';
import type { Downloads } from '../models/downloads.ts';
import type { Download } from '../../shared/downloads.ts';
import { ContextKeySetter } from '../status/context-keys.ts';
import type { ChatSession } from './chat-session.ts';
import { openableLink } from './openable-link.ts';

/** What the chat works with. */
export interface ChatViewParts {
  readonly session: ChatSession;
  readonly context: ChatContext;
  readonly code: AnswerCode;
  readonly chooser: ModelChooser;
  readonly downloads: Downloads;
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
}

/** The chat in the sidebar. It keeps nothing: whenever its page is made anew, the session tells it everything. */
export class ChatView implements vscode.WebviewViewProvider {
  static readonly id = 'endless.chat';

  readonly #session: ChatSession;
  readonly #context: ChatContext;
  readonly #code: AnswerCode;
  readonly #chooser: ModelChooser;
  readonly #downloads: Downloads;
  readonly #contextKeys = new ContextKeySetter();
  readonly #extensionUri: vscode.Uri;
  readonly #log: vscode.LogOutputChannel;

  constructor({ session, context, code, chooser, downloads, extensionUri, log }: ChatViewParts) {
    this.#session = session;
    this.#context = context;
    this.#code = code;
    this.#chooser = chooser;
    this.#downloads = downloads;
    this.#extensionUri = extensionUri;
    this.#log = log;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { webview } = view;
    const dist = vscode.Uri.joinPath(this.#extensionUri, 'dist');
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    const post = (message: HostMessage): void => void webview.postMessage(message);
    this.#session.on('message', post);
    this.#context.on('message', post);
    const tell = (downloads: readonly Download[]): void => post({ type: 'downloads', downloads: [...downloads] });
    this.#downloads.on('changed', tell);
    const received = webview.onDidReceiveMessage((message: unknown) => this.#receive(message));
    view.onDidDispose(() => {
      this.#session.off('message', post);
      this.#context.off('message', post);
      this.#downloads.off('changed', tell);
      received.dispose();
      this.#contextKeys.set({ 'endless.chatFocused': false });
    });
    webview.html = viewPage({
      scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.js')).toString(),
      styleUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.css')).toString(),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('hex'),
      language: vscode.env.language,
      l10nBundle: vscode.l10n.bundle ?? {},
    });
  }

  #receive(message: unknown): void {
    const parsed = v.safeParse(ViewMessageSchema, message);
    if (!parsed.success) {
      this.#log.error(`The view sent a message that is not known: ${JSON.stringify(message).slice(0, 200)}`);
      return;
    }
    Promise.resolve(this.#handle(parsed.output)).catch((error: unknown) => {
      this.#log.error(`${parsed.output.type}: ${String(error)}`);
    });
  }

  #handle(message: ViewMessage): Thenable<unknown> | void {
    switch (message.type) {
      case 'ready':
        this.#context.tell();
        this.#downloads.tell();
        return this.#session.start();
      case 'focus':
        return this.#contextKeys.set({ 'endless.chatFocused': message.has });
      case 'send':
        return this.#send(message);
      case 'suggest':
      case 'attach':
      case 'detach':
      case 'shorten':
      case 'drop':
      case 'openSource':
        return this.#context.handle(message);
      case 'stop':
        return this.#session.stop(message.turnId);
      case 'resumeDownload':
        return this.#chooser.resumeDownload(message.uri);
      case 'endDownload':
        return this.#chooser.endDownload(message.uri, message.deletes);
      case 'pin':
        return this.#session.pin(message.turnId, message.pinned);
      case 'forget':
        return this.#session.forget(message.turnId, message.givesBack);
      case 'command':
        return vscode.commands.executeCommand(message.command, { words: message.words } satisfies Words);
      case 'earlier':
        return this.#session.showEarlier(message.before);
      case 'later':
        return this.#session.showLater(message.after);
      case 'around':
        return this.#session.showAround(message.turnId);
      case 'search':
        return this.#session.search(message.query);
      case 'samples':
        return this.#session.showSamples(message.since);
      case 'done':
        return this.#session.done(message.key);
      case 'copy':
        return vscode.env.clipboard.writeText(message.text);
      case 'code':
        return this.#code.act(message);
      case 'openLink':
        return this.#open(message.href);
      case 'action':
        return vscode.commands.executeCommand(...ACTION_COMMANDS[message.action]);
    }
  }

  async #send({ key, message, asksForRecall, replaces, attachments = [] }: Extract<ViewMessage, { type: 'send' }>): Promise<void> {
    await this.#session.send(key, message, { asksForRecall, replaces, attachments: await this.#context.taken(key, attachments) });
  }

  #open(href: string): Thenable<unknown> | void {
    const link = openableLink(href);
    if (link === undefined) return this.#log.warn(`A link was not opened, since it leads to no web page: ${href.slice(0, 200)}`);
    return vscode.env.openExternal(vscode.Uri.parse(link, true));
  }
}
