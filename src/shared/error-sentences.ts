import type { ErrorReport } from './errors.ts';
import { describeServerFailure } from './server-sentences.ts';
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
  const description = describeFailure(l10n, report);
  const { returnedTo } = report.args;
  if (returnedTo === undefined) return description;
  return { ...description, sentence: `${description.sentence} ${l10n.t('{model} is in use again.', { model: returnedTo })}` };
}

function describeFailure(l10n: Localizer, report: ErrorReport): ErrorDescription {
  const file = fileName(l10n, report);
  switch (report.code) {
    case 'no-model':
      return say(l10n.t('No model is chosen yet. Choose one for this machine, or try the bundled one.'), 'chooseModel', 'tryBundledModel');
    case 'model-not-found':
      return say(l10n.t('{file} is not there any more. Put it back, or choose another file.', { file }), 'chooseModel', 'tryBundledModel');
    case 'model-link-broken':
      return say(l10n.t('{file} is a link that leads nowhere. Mend it, or choose the file itself.', { file }), 'chooseModel');
    case 'model-not-file':
      return say(l10n.t('{file} is a folder, or something else that is no file. Choose the GGUF file itself.', { file }), 'chooseModel');
    case 'model-part-missing':
      return say(
        l10n.t('{file} is missing, and the model is in several files. Put all of them into one folder, then try again.', { file }),
        'chooseModel',
        'tryBundledModel',
      );
    case 'model-empty':
      return say(l10n.t('{file} is empty. Download it again, or choose another file.', { file }), 'chooseModel', 'tryBundledModel');
    case 'model-big-endian':
      return say(
        l10n.t('{file} was made for computers with the other byte order (big-endian). Choose the usual file of this model.', { file }),
        'chooseModel',
        'tryBundledModel',
      );
    case 'model-version':
      return say(otherVersion(l10n, report), 'chooseModel', 'tryBundledModel');
    case 'model-damaged':
      return say(damagedModel(l10n, report), 'chooseModel', 'tryBundledModel');
    case 'model-no-vocabulary':
      return say(
        l10n.t('{file} has no vocabulary that can be used, so it cannot read a text. Choose a model that was made for conversation.', {
          file,
        }),
        'chooseModel',
        'tryBundledModel',
      );
    case 'model-ends-engine':
      return say(
        l10n.t(
          'The engine stops unexpectedly when it loads {file}, so it is not loaded again by itself. Choose another model, or choose this one again to try once more.',
          { file },
        ),
        'chooseModel',
        'showDiagnostics',
      );
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
      return say(
        l10n.t('The engine did not start. Start it again; if it fails once more, the log says why.'),
        'restartEngine',
        'showLog',
        'showDiagnostics',
      );
    case 'engine-crashed':
      return say(
        l10n.t('The engine stopped unexpectedly. Everything that was written is kept; start it again to go on.'),
        'restartEngine',
        'showLog',
        'showDiagnostics',
      );
    case 'engine-restarted':
      return say(l10n.t('The engine was restarted before it had answered. Try again.'), 'showLog');
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
    case 'hub-address-invalid':
      return say(
        l10n.t('The address of the model hub in the settings is not one of the web. Correct it, or leave it empty.'),
        'openSettings',
      );
    case 'hub-unreachable':
      return say(
        l10n.t('{host} cannot be reached. See whether there is a network and whether the proxy is right, then go on with the download.', {
          host: hostName(l10n, report),
        }),
        'chooseModel',
        'openSettings',
        'showLog',
      );
    case 'hub-not-trusted':
      return say(
        l10n.t('{host} has no certificate that this machine trusts, so nothing was loaded from it. The log says what is wrong with it.', {
          host: hostName(l10n, report),
        }),
        'showLog',
        'openSettings',
      );
    case 'hub-token-needed':
      return say(
        l10n.t('{host} gives this model only to those it knows. Make an access token there and enter it here, then go on.', {
          host: hostName(l10n, report),
        }),
        'setHubToken',
        'chooseModel',
      );
    case 'hub-access-denied':
      return say(
        l10n.t(
          '{host} does not give this model to the owner of your token. Accept the terms on the page of the model, or enter another token, then go on.',
          { host: hostName(l10n, report) },
        ),
        'setHubToken',
        'chooseModel',
      );
    case 'hub-not-found':
      return say(
        l10n.t('{host} does not have this file, or no longer. Choose another model.', { host: hostName(l10n, report) }),
        'chooseModel',
        'openSettings',
      );
    case 'hub-busy':
      return say(busy(l10n, report), 'chooseModel', 'setHubToken');
    case 'hub-failed':
      return say(hubFailed(l10n, report), 'chooseModel', 'showLog');
    case 'hub-wrong-answer':
      return say(
        l10n.t(
          '{host} sends something else than the model. If this network wants you to log in first, do that in a browser; then go on with the download.',
          { host: hostName(l10n, report) },
        ),
        'chooseModel',
        'showLog',
      );
    case 'proxy-failed':
      return say(
        l10n.t(
          'The proxy does not let the download through, or is none that can be used: it has to begin with http:// or https://. Check “http.proxy” in the settings, or the proxy in the environment.',
        ),
        'openSettings',
        'showLog',
      );
    case 'download-interrupted':
      return say(
        l10n.t('The connection to {host} breaks off again and again. What has come in is kept: go on with the download later.', {
          host: hostName(l10n, report),
        }),
        'chooseModel',
        'showLog',
      );
    case 'download-damaged':
      return say(
        l10n.t('What {host} sent is not the model that it promised, so it was deleted. Load it again, or choose another model.', {
          host: hostName(l10n, report),
        }),
        'chooseModel',
        'showLog',
      );
    case 'disk-space':
      return say(noRoom(l10n, report), 'chooseModel');
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
    case 'server-address-invalid':
    case 'server-readable':
    case 'server-unreachable':
    case 'server-refuses-key':
    case 'server-model-unknown':
    case 'server-busy':
    case 'server-refuses':
    case 'server-failed':
    case 'server-garbled':
    case 'server-broke-off':
    case 'server-context-full':
      return describeServerFailure(l10n, report.code, report.args);
    case 'cuda-unsupported':
      return say(l10n.t('For this platform Endless knows no CUDA back end: there is one for Linux on x64.'), 'showDiagnostics');
    case 'cuda-no-room':
      return say(noRoomForCuda(l10n, report), 'downloadCuda');
    case 'npm-missing':
      return say(
        l10n.t(
          'The CUDA back end is loaded by npm, which was not found. Install Node.js, which brings it along; if it is not found then either, close VS Code for a minute.',
        ),
        'showLog',
      );
    case 'npm-failed':
      return say(npmFailed(l10n, report), 'downloadCuda', 'showLog');
    case 'unknown-message':
    case 'invalid-message':
      return say(misunderstanding(l10n, report), 'reloadWindow', 'showLog');
    case 'internal':
      return say(
        l10n.t('Something went wrong inside Endless. Try again; if it goes wrong once more, report it with the diagnostics.'),
        'showLog',
        'showDiagnostics',
      );
  }
}

/** The text on an action's button. */
export function actionLabel(l10n: Localizer, action: Action): string {
  switch (action) {
    case 'chooseModel':
      return l10n.t('Choose a model…');
    case 'useGgufFile':
      return l10n.t('Use a GGUF file…');
    case 'setHubToken':
      return l10n.t('Enter a token…');
    case 'tryBundledModel':
      return l10n.t('Try it now, no download');
    case 'restartEngine':
      return l10n.t('Restart engine');
    case 'showLog':
      return l10n.t('Show log');
    case 'showDiagnostics':
      return l10n.t('Show diagnostics');
    case 'openSettings':
      return l10n.t('Open settings');
    case 'showCache':
      return l10n.t('Show cache');
    case 'freeGpu':
      return l10n.t('Free the GPU');
    case 'downloadCuda':
      return l10n.t('CUDA back end…');
    case 'reloadWindow':
      return l10n.t('Reload window');
    case 'chooseServer':
      return l10n.t('A server…');
    case 'enterServerKey':
      return l10n.t('Enter the key…');
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

function otherVersion(l10n: Localizer, report: ErrorReport): string {
  const file = fileName(l10n, report);
  const { version } = report.args;
  return version === undefined
    ? l10n.t('{file} is in a version of the GGUF format that cannot be read. Choose a newer file of this model, or update Endless.', {
        file,
      })
    : l10n.t(
        '{file} is in version {version} of the GGUF format, which cannot be read. Choose a newer file of this model, or update Endless.',
        { file, version },
      );
}

function damagedModel(l10n: Localizer, report: ErrorReport): string {
  const file = fileName(l10n, report);
  const { tensor } = report.args;
  return tensor === undefined
    ? l10n.t('{file} is damaged: what it says of itself cannot be. Download it again, or choose another file.', { file })
    : l10n.t('{file} is damaged: its tensor {tensor} is missing or does not fit the others. Download it again, or choose another file.', {
        file,
        tensor,
      });
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

function hostName(l10n: Localizer, { args }: ErrorReport): string {
  return args['host'] === undefined || args['host'] === '' ? l10n.t('The model hub') : String(args['host']);
}

function busy(l10n: Localizer, report: ErrorReport): string {
  const [host, { seconds }] = [hostName(l10n, report), report.args];
  return seconds === undefined
    ? l10n.t('{host} has too much to do at the moment. What has come in is kept: go on with the download later.', { host })
    : l10n.t('{host} has too much to do, and wants to be asked again in {minutes} minutes. What has come in is kept: go on then.', {
        host,
        minutes: Math.ceil(Number(seconds) / 60),
      });
}

function hubFailed(l10n: Localizer, report: ErrorReport): string {
  const [host, { status }] = [hostName(l10n, report), report.args];
  return status === undefined
    ? l10n.t('{host} cannot send the model at the moment. What has come in is kept: go on with the download later.', { host })
    : l10n.t('{host} cannot send the model at the moment (HTTP {status}). What has come in is kept: go on with the download later.', {
        host,
        status,
      });
}

const BYTES_PER_GB = 1e9;

function inGB(bytes: string | number): string {
  return (Number(bytes) / BYTES_PER_GB).toFixed(1);
}

function noRoom(l10n: Localizer, { args }: ErrorReport): string {
  const { folder, needed, free } = args;
  if (folder === undefined || needed === undefined || free === undefined)
    return l10n.t('There is not enough room on the disk for this model. Delete something, or choose a smaller one.');
  return l10n.t('The model needs {needed} GB on the disk of {folder}, and {free} GB are free. Delete something, or choose a smaller one.', {
    folder,
    needed: inGB(needed),
    free: inGB(free),
  });
}

function noRoomForCuda(l10n: Localizer, { args }: ErrorReport): string {
  const { folder, needed, free } = args;
  return folder === undefined || needed === undefined || free === undefined
    ? l10n.t('There is not enough room on the disk for the CUDA back end. Delete something, then try again.')
    : l10n.t('The CUDA back end needs {needed} GB on the disk of {folder}, and {free} GB are free. Delete something, then try again.', {
        folder,
        needed: inGB(needed),
        free: inGB(free),
      });
}

function npmFailed(l10n: Localizer, { args }: ErrorReport): string {
  const { complaint } = args;
  return complaint === undefined
    ? l10n.t('The CUDA back end could not be loaded by npm. The log has all that it said.')
    : l10n.t('The CUDA back end could not be loaded by npm: “{complaint}”. The log has all that it said.', { complaint });
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
