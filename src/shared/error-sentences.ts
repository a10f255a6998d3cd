import type { ErrorReport } from './errors.ts';
import type { Action } from './view-messages.ts';

/** The part of `vscode.l10n` and `@vscode/l10n` that is needed to write a sentence. */
export interface Localizer {
  t(message: string): string;
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- neither library takes an `undefined` here
  t(message: string, args: Record<string, string | number>): string;
}

/** What the user is told about a failure, and the buttons under it. */
export interface ErrorDescription {
  /** What happened and what to do. */
  readonly sentence: string;
  /** The most helpful one first. */
  readonly actions: readonly Action[];
}

/**
 * Puts a failure into the user's language. Host and webview both call it, so a failure reads the same in a
 * notification and in the transcript. An argument that is missing is left out of the sentence, never shown as a hole.
 */
export function describeError(l10n: Localizer, report: ErrorReport): ErrorDescription {
  const file = fileName(l10n, report);
  switch (report.code) {
    case 'no-model':
      return say(l10n.t('No model is chosen yet. Use a GGUF file of yours, or try the bundled one.'), 'tryBundledModel', 'chooseModel');
    case 'model-not-found':
      return say(l10n.t('{file} is not there any more. Put it back, or choose another file.', { file }), 'chooseModel', 'tryBundledModel');
    case 'model-not-readable':
      return say(l10n.t('{file} cannot be read. Check its permissions, or choose another file.', { file }), 'chooseModel', 'showLog');
    case 'model-not-gguf':
      return say(
        l10n.t('{file} is not a GGUF file. Choose a model in the GGUF format; its name usually ends in .gguf.', { file }),
        'chooseModel',
        'tryBundledModel',
      );
    case 'model-truncated':
      return say(
        l10n.t('{file} is cut short: its end is missing. Download it again, or choose another file.', { file }),
        'chooseModel',
        'tryBundledModel',
      );
    case 'model-unsupported':
      return say(unsupported(l10n, report), 'chooseModel', 'tryBundledModel');
    case 'model-load-failed':
      return say(l10n.t('{file} could not be loaded. The log says why; another model may work.', { file }), 'showLog', 'chooseModel');
    case 'no-chat-template':
      return say(
        l10n.t('{file} has no chat template, so it was not made for conversation. Choose an “instruct” or “chat” model.', { file }),
        'chooseModel',
        'tryBundledModel',
      );
    case 'out-of-memory':
      return say(
        l10n.t(
          'There is not enough memory for this model and its cache. Make the window smaller in the settings, or choose a smaller model.',
        ),
        'openSettings',
        'chooseModel',
      );
    case 'window-too-small':
      return say(l10n.t('The window is too small for the system prompt and an answer. Make it larger in the settings.'), 'openSettings');
    case 'message-too-long':
      return say(tooLong(l10n, report), 'openSettings');
    case 'turn-not-cached':
      return say(l10n.t('This message has left the cache, so it cannot be pinned. Send it again, and pin it then.'), 'showCache');
    case 'pins-too-large':
      return say(pinsTooLarge(l10n, report), 'showCache');
    case 'tool-not-called':
      return say(
        l10n.t('The model answered in words where a tool was to be called. Ask again, or use a model that is made for tools.'),
        'chooseModel',
      );
    case 'no-answer':
      return say(
        l10n.t('The model did not say anything that could be used, so nothing was changed. Try again, or choose a larger model.'),
        'chooseModel',
      );
    case 'request-interrupted':
      return say(l10n.t('Another model was chosen before the answer was there, so nothing was changed. Ask again.'), 'showLog');
    case 'request-empty':
      return say(l10n.t('The request has no text to answer. Write something, and send it again.'), 'showLog');
    case 'images-unsupported':
      return say(l10n.t('Models in Endless read text only. Send the request without pictures.'), 'showLog');
    case 'data-unsupported':
      return say(unreadableData(l10n, report), 'showLog');
    case 'tools-unsupported':
      return say(toolsUnsupported(l10n, report), 'openSettings', 'chooseModel');
    case 'call-unreadable':
      return say(callUnreadable(l10n, report), 'chooseModel');
    case 'engine-binary-missing':
      return say(binaryMissing(l10n, report), 'showLog');
    case 'engine-start-failed':
      return say(l10n.t('The engine did not start. Start it again; if it fails once more, the log says why.'), 'restartEngine', 'showLog');
    case 'engine-crashed':
      return say(
        l10n.t('The engine stopped unexpectedly. Everything that was written is kept; start it again to go on.'),
        'restartEngine',
        'showLog',
      );
    case 'engine-newer':
      return say(l10n.t('A newer version of Endless is running on this machine. Reload this window to use it.'), 'reloadWindow');
    case 'engine-rejected':
      return say(
        l10n.t('The program that answered is not the Endless engine of this user, so nothing was sent to it. Start the engine again.'),
        'restartEngine',
        'showLog',
      );
    case 'sqlite-missing':
      return say(l10n.t('This VS Code has no SQLite with full-text search, which the transcript is kept in. Update VS Code.'), 'showLog');
    case 'storage-failed':
      return say(l10n.t('The transcript could not be read or written. Send the message again; the log says what went wrong.'), 'showLog');
    case 'disk-full':
      return say(diskFull(l10n, report), 'showLog');
    case 'storage-read-only':
      return say(readOnly(l10n, report), 'showLog');
    case 'data-in-use':
      return say(
        l10n.t(
          'Another engine of this user keeps its conversations in the same folder, and two must not. Close the other VS Code, then start the engine again.',
        ),
        'restartEngine',
        'showLog',
      );
    case 'transcript-damaged':
      return say(damaged(l10n, report), 'showLog');
    case 'transcript-newer':
      return say(
        l10n.t(
          'This conversation was last written by a newer version of Endless, which this one cannot read; nothing in it was changed. Update Endless, then reload the window.',
        ),
        'reloadWindow',
        'showLog',
      );
    case 'export-failed':
      return say(l10n.t('{file} could not be written. Choose another place, or see whether the disk is full.', { file }), 'showLog');
    case 'unknown-message':
    case 'invalid-message':
      return say(misunderstanding(l10n, report), 'reloadWindow', 'showLog');
    case 'internal':
      return say(l10n.t('Something went wrong inside Endless. Try again; the log has the details.'), 'showLog');
  }
}

/** The text on an action's button. */
export function actionLabel(l10n: Localizer, action: Action): string {
  switch (action) {
    case 'chooseModel':
      return l10n.t('Use a GGUF file…');
    case 'tryBundledModel':
      return l10n.t('Try it now, no download');
    case 'restartEngine':
      return l10n.t('Restart engine');
    case 'showLog':
      return l10n.t('Show log');
    case 'openSettings':
      return l10n.t('Open settings');
    case 'showCache':
      return l10n.t('Show cache');
    case 'reloadWindow':
      return l10n.t('Reload window');
  }
}

function say(sentence: string, ...actions: readonly Action[]): ErrorDescription {
  return { sentence, actions };
}

function fileName(l10n: Localizer, { args }: ErrorReport): string {
  return args['path'] === undefined || args['path'] === '' ? l10n.t('The model file') : String(args['path']);
}

function unsupported(l10n: Localizer, { args }: ErrorReport): string {
  const { architecture } = args;
  return architecture === undefined
    ? l10n.t('This version of Endless cannot run models of this kind. Choose another model.')
    : l10n.t('This version of Endless cannot run models of the architecture “{architecture}”. Choose another model.', { architecture });
}

function tooLong(l10n: Localizer, { args }: ErrorReport): string {
  const { tokens, window } = args;
  return tokens === undefined || window === undefined
    ? l10n.t('The message is longer than the window. Nothing is lost: shorten it, or make the window larger in the settings.')
    : l10n.t(
        'The message has {tokens} tokens and the window holds {window}. Nothing is lost: shorten it, or make the window larger in the settings.',
        { tokens, window },
      );
}

function pinsTooLarge(l10n: Localizer, { args }: ErrorReport): string {
  const { tokens, most, title } = args;
  return tokens === undefined || most === undefined || title === undefined
    ? l10n.t('Pinned messages may take half of the window at most. Unpin another one first.')
    : l10n.t(
        'Pinned messages may take {most} tokens, half of the window; with this one it would be {tokens}. Unpin another one first, “{title}” for example.',
        { tokens, most, title },
      );
}

function unreadableData(l10n: Localizer, { args }: ErrorReport): string {
  const { type } = args;
  return type === undefined
    ? l10n.t('Models in Endless read text only, and a part of the request is none. Send it as text.')
    : l10n.t('Models in Endless read text only, and a part of the request is of the type {type}. Send it as text.', { type });
}

function toolsUnsupported(l10n: Localizer, { args }: ErrorReport): string {
  const { tokens } = args;
  return tokens === undefined
    ? l10n.t('This model cannot use tools. Choose one that was made for them, or send the request without tools.')
    : l10n.t(
        'Tools need a model that was made for them, and at least {tokens} tokens in the setting “Endless: Requests: Window”. Change one or the other, or send the request without tools.',
        { tokens },
      );
}

function callUnreadable(l10n: Localizer, { args }: ErrorReport): string {
  const { tool } = args;
  return tool === undefined
    ? l10n.t('The model asked for a tool in a way that cannot be read. Send the request again, or choose a larger model.')
    : l10n.t('The model asked for the tool {tool} in a way that cannot be read. Send the request again, or choose a larger model.', {
        tool,
      });
}

function binaryMissing(l10n: Localizer, { args }: ErrorReport): string {
  const { platform } = args;
  return platform === undefined
    ? l10n.t('The engine was not built for this platform. Install the version of Endless that was.')
    : l10n.t('The engine for {platform} is missing. Install the version of Endless that was built for this platform.', { platform });
}

function diskFull(l10n: Localizer, { args }: ErrorReport): string {
  const { folder } = args;
  return folder === undefined
    ? l10n.t('The disk is full. Everything that was written is kept: make room, then try again.')
    : l10n.t('The disk of {folder} is full. Everything that was written is kept: make room, then try again.', { folder });
}

function readOnly(l10n: Localizer, { args }: ErrorReport): string {
  const { folder } = args;
  return folder === undefined
    ? l10n.t(
        'The folder that conversations are kept in cannot be written. See whether its disk or its permissions forbid it, then try again.',
      )
    : l10n.t(
        '{folder}, where conversations are kept, cannot be written. See whether its disk or its permissions forbid it, then try again.',
        {
          folder,
        },
      );
}

function damaged(l10n: Localizer, { args }: ErrorReport): string {
  const { path } = args;
  return path === undefined
    ? l10n.t('The file of this conversation was damaged. It was kept under another name, and the conversation begins anew.')
    : l10n.t('The file of this conversation was damaged. It was kept as {path}, and the conversation begins anew.', { path });
}

function misunderstanding(l10n: Localizer, { args }: ErrorReport): string {
  const { message } = args;
  return message === undefined
    ? l10n.t('Two parts of Endless did not understand each other. Reload the window.')
    : l10n.t('Two parts of Endless did not understand each other (“{message}”). Reload the window.', { message });
}
