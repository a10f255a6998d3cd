import type { ErrorDescription, Localizer } from './error-sentences.ts';
import type { ErrorArguments, ErrorCode } from './errors.ts';

/** What can go wrong with a server that answers in place of a model on this machine. */
export type ServerErrorCode = Extract<ErrorCode, `server-${string}`>;

/** Puts a failure of a server into the user's language. */
export function describeServerFailure(l10n: Localizer, code: ServerErrorCode, args: ErrorArguments): ErrorDescription {
  const host = args['host'] ?? l10n.t('The server');
  switch (code) {
    case 'server-address-invalid':
      return {
        sentence: l10n.t(
          'The address of the server cannot be read. Write it as http://HOST:PORT/v1#MODEL, without a name, password or key in it.',
        ),
        actions: ['chooseServer', 'openSettings'],
      };
    case 'server-readable':
      return {
        sentence: l10n.t(
          '{host} is reached without encryption, so others on the way could read your text and code. Nothing was sent: choose the server again to allow it, or use https.',
          { host },
        ),
        actions: ['chooseServer'],
      };
    case 'server-unreachable':
      return {
        sentence: l10n.t('{host} does not answer. See whether the server runs and can be reached, then send the message again.', { host }),
        actions: ['chooseServer', 'showLog'],
      };
    case 'server-refuses-key':
      return {
        sentence: l10n.t('{host} wants a key, or does not accept the one it was given. Enter the key, then send the message again.', {
          host,
        }),
        actions: ['enterServerKey', 'chooseServer'],
      };
    case 'server-model-unknown':
      return { sentence: modelUnknown(l10n, host, args), actions: ['chooseServer', 'showLog'] };
    case 'server-busy':
      return { sentence: busy(l10n, host, args), actions: ['showLog'] };
    case 'server-refuses':
      return {
        sentence: l10n.t('{host} refused the request. The log says why; another model or other settings may work.', { host }),
        actions: ['showLog', 'chooseServer'],
      };
    case 'server-failed':
      return {
        sentence: l10n.t('{host} had an error of its own. Try again in a moment; the log has what it said.', { host }),
        actions: ['showLog', 'chooseServer'],
      };
    case 'server-garbled':
      return {
        sentence: l10n.t('{host} answered in a way that no OpenAI-compatible server does. See whether the address is right.', { host }),
        actions: ['chooseServer', 'showLog'],
      };
    case 'server-broke-off':
      return {
        sentence: l10n.t('The connection to {host} broke off in the middle of the answer. What had come is kept; send the message again.', {
          host,
        }),
        actions: ['showLog', 'chooseServer'],
      };
    case 'server-context-full':
      return {
        sentence: l10n.t(
          '{host} has no room for so much text, also without the older messages. Nothing is lost: shorten the message, or give the server a larger context.',
          { host },
        ),
        actions: ['showLog', 'chooseServer'],
      };
  }
}

function modelUnknown(l10n: Localizer, host: string | number, { model, models }: ErrorArguments): string {
  if (models === undefined || models === '')
    return l10n.t('{host} does not have the model that was asked for. Choose another one.', { host });
  return model === undefined || model === ''
    ? l10n.t('{host} does not have the model that was asked for. It has: {models}. Choose one of these.', { host, models })
    : l10n.t('{host} does not have the model {model}. It has: {models}. Choose one of these.', { host, model, models });
}

function busy(l10n: Localizer, host: string | number, { seconds }: ErrorArguments): string {
  return seconds === undefined
    ? l10n.t('{host} takes no more requests just now. Wait a while, then send the message again.', { host })
    : l10n.t('{host} takes no more requests just now. Wait {seconds} seconds, then send the message again.', { host, seconds });
}
