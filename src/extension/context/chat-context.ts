import { EventEmitter } from 'node:events';
import * as vscode from 'vscode';
import type { Attachment } from '../../shared/attachments.ts';
import { MOST_FILES, type ContextItem, type DroppedFile, type Part } from '../../shared/context-items.ts';
import type { HostMessage, ViewMessage } from '../../shared/view-messages.ts';
import { readFile, readText, type Read } from './attachable.ts';
import { readItem } from './context-reader.ts';
import type { DraftAttachments } from './draft-attachments.ts';
import { fenced } from '../../shared/fence.ts';
import { onOneLine } from './one-line.ts';
import { readPart } from './parts.ts';
import { RecentFiles } from './recent-files.ts';
import type { Suggestions } from './suggestions.ts';

/** What a view wants with what is attached. */
export type ContextMessage = Extract<ViewMessage, { type: 'suggest' | 'attach' | 'detach' | 'shorten' | 'drop' | 'openSource' }>;

/** Attaches things of the workspace to the message that is being written, and tells views of it. */
export class ChatContext extends EventEmitter<{ message: [HostMessage] }> implements vscode.Disposable {
  readonly #attachments: DraftAttachments;
  readonly #recent = new RecentFiles();
  /** What finds things is loaded when somebody looks for one. */
  #suggestions: Promise<Suggestions> | undefined;
  readonly #log: vscode.LogOutputChannel;
  #taking: Promise<unknown> = Promise.resolve();

  constructor(attachments: DraftAttachments, log: vscode.LogOutputChannel) {
    super();
    this.#attachments = attachments;
    this.#log = log;
    attachments.on('change', () => this.tell());
  }

  /** Tells the view all that is attached. */
  tell(): void {
    this.emit('message', { type: 'attached', attachments: this.#attachments.shown });
  }

  handle(message: ContextMessage): Thenable<unknown> | void {
    switch (message.type) {
      case 'suggest':
        return this.#suggest(message.key, message.query);
      case 'attach':
        return this.attach(message.item);
      case 'detach':
        return this.#attachments.remove(message.key);
      case 'shorten':
        return this.#shorten(message.key, message.part);
      case 'drop':
        return this.#drop(message);
      case 'openSource':
        return this.#open(message.uri, message.line);
    }
  }

  async #suggest(key: number, query: string): Promise<void> {
    this.#suggestions ??= this.#loadSuggestions();
    await (await this.#suggestions).ask(key, query);
  }

  async #loadSuggestions(): Promise<Suggestions> {
    const { Suggestions } = await import('./suggestions.ts');
    return new Suggestions(this.#recent, this.#log, (key, suggestions, isComplete) => {
      this.emit('message', { type: 'suggested', key, suggestions: [...suggestions], isComplete });
    });
  }

  dispose(): void {
    this.#recent.dispose();
    void this.#suggestions?.then((suggestions) => suggestions.dispose());
  }

  /** @returns whether something was attached; if not, the user knows why. */
  async attach(item: ContextItem): Promise<boolean> {
    return this.add(await readItem(item));
  }

  /** The first of the files are attached, and the user is told of those that are not. */
  async attachFiles(files: readonly vscode.Uri[]): Promise<boolean> {
    const isAdded = this.add(await Promise.all(files.slice(0, MOST_FILES).map(readFile)));
    warnOfMore(files.length);
    return isAdded;
  }

  /** Attaches what could be read, and says why the rest could not. */
  add(read: readonly Read[]): boolean {
    const attachments = read.flatMap((one) => ('attachment' in one ? [one.attachment] : []));
    if (attachments.length > 0) this.#attachments.add(...attachments);
    for (const one of read) {
      if ('refusal' in one) void vscode.window.showWarningMessage(one.refusal);
    }
    return attachments.length > 0;
  }

  /**
   * What a message is sent with: whole files as they are now, or as they were read if they can be read no longer. Messages get it in
   * the order in which they ask.
   */
  taken(messageKey: string, keys: readonly string[]): Promise<readonly Attachment[]> {
    const taken = this.#taking.then(async () => {
      await this.#readAgain(keys);
      return this.#attachments.take(messageKey, keys);
    });
    // Those that come later do not fail with it.
    this.#taking = taken.catch(() => undefined);
    return taken;
  }

  async #readAgain(keys: readonly string[]): Promise<void> {
    const read = async ({ key, uri = '', text }: { key: string; uri?: string | undefined; text: string }): Promise<void> => {
      try {
        const now = await readFile(vscode.Uri.parse(uri, true));
        if ('attachment' in now && now.attachment.text !== text) this.#attachments.replace(key, now.attachment);
      } catch (error) {
        this.#log.warn(`${uri.slice(0, 200)} is sent as it was read before: ${String(error)}`);
      }
    };
    await Promise.all(this.#attachments.whole(keys).map(read));
  }

  async #shorten(key: string, part: Part): Promise<void> {
    const attachment = this.#attachments.find(key);
    if (attachment?.room === undefined) return;
    const read = await readPart({ attachment, room: attachment.room, count: (text) => this.#attachments.count(text) }, part);
    if (!read) return;
    if ('attachment' in read) this.#attachments.replace(key, read.attachment);
    else void vscode.window.showWarningMessage(read.refusal);
  }

  async #drop({ uris, files, count }: Extract<ContextMessage, { type: 'drop' }>): Promise<void> {
    const resources = uris.slice(0, MOST_FILES).flatMap((uri) => parsed(uri) ?? []);
    this.add(await Promise.all(resources.map(readFile)));
    this.add(files.slice(0, MOST_FILES).map(readDropped));
    warnOfMore(count);
  }

  async #open(uri: string, line = 1): Promise<void> {
    const place = new vscode.Range(line - 1, 0, line - 1, 0);
    try {
      await vscode.window.showTextDocument(vscode.Uri.parse(uri, true), { selection: place });
    } catch (error) {
      this.#log.warn(`${uri.slice(0, 200)} cannot be opened: ${String(error)}`);
      void vscode.window.showWarningMessage(vscode.l10n.t('This cannot be opened. It may be there no longer.'));
    }
  }
}

function warnOfMore(files: number): void {
  if (files <= MOST_FILES) return;
  void vscode.window.showWarningMessage(
    vscode.l10n.t('Only the first {most} of {files} files were attached.', { most: MOST_FILES, files }),
  );
}

function readDropped({ name, text }: DroppedFile): Read {
  const label = onOneLine(name);
  if (text === undefined || text.includes('\0')) {
    return { refusal: vscode.l10n.t('{path} was not attached: it is no text, too large, or a folder.', { path: label }) };
  }
  return readText('file', label, `${label}\n${fenced(text, '')}`);
}

function parsed(uri: string): vscode.Uri | undefined {
  try {
    return vscode.Uri.parse(uri, true);
  } catch {
    return undefined;
  }
}
