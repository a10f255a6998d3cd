import * as l10n from '@vscode/l10n';
import type { Sent, ServerFacts } from '../../shared/protocol/server-facts.ts';
import { figures } from '../localization.ts';

/** Where text goes, what is sent, and how that is known. */
export function serverSentences(
  { host, model, window, isWindowTold, countsTokens, isReadable }: ServerFacts,
  sent: Sent | undefined,
): readonly string[] {
  return [
    l10n.t('{model} on {host} answers. Your messages, what is attached to them, and the turns above are sent there.', { model, host }),
    ...(isReadable ? [l10n.t('The connection is not encrypted: others on the way can read it.')] : []),
    isWindowTold
      ? l10n.t('The context of the server holds {0} tokens, as it says itself.', figures.count(window))
      : l10n.t(
          'The server does not say how large its context is. It is taken to be {0} tokens, as in the settings.',
          figures.count(window),
        ),
    countsTokens ? l10n.t('Tokens are counted by the server.') : l10n.t('Tokens are estimated, rather too many than too few.'),
    ...(sent ? [sentSentence(sent)] : []),
  ];
}

/** What the last message took. */
function sentSentence({ tokens, cached }: Sent): string {
  return cached === undefined
    ? l10n.t(
        'With the last message {0} tokens were sent. The server does not say how many of them it evaluated again.',
        figures.count(tokens),
      )
    : l10n.t('With the last message {tokens} tokens were sent. The server had {cached} of them in its own cache, and evaluated {rest}.', {
        tokens: figures.count(tokens),
        cached: figures.count(cached),
        rest: figures.count(tokens - cached),
      });
}
