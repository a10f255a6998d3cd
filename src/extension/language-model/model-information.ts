import type { LanguageModelChatInformation } from 'vscode';
import type { Localizer } from '../../shared/error-sentences.ts';
import type { RequestResult } from '../../shared/protocol/protocol.ts';
import { answerRoom } from '../../shared/protocol/requests.ts';
import { modelTitle, serverHost } from '../../shared/server-address.ts';

/** What VS Code also reads, though its types do not say so: whether the model may stand in its pickers. */
export interface SelectableModel extends LanguageModelChatInformation {
  readonly isUserSelectable: true;
}

/** The fewest tokens of a window in which the descriptions of tools leave room for anything else. */
export const TOOL_WINDOW = 16_384;

export interface ModelLimits {
  /** Tokens of the context for requests. */
  readonly requestWindow: number;
  /** Longest answer in tokens; 0 for no limit of the user's. */
  readonly maxAnswerTokens: number;
}

/**
 * What VS Code is told of a model.
 *
 * @param path of the file, whose name is the model's identifier, or its address on a server: the same one in every window and after
 *   a restart.
 * @param file what the engine says of it.
 */
export function modelInformation(
  l10n: Localizer,
  path: string,
  file: RequestResult<'inspectModel'>,
  { requestWindow, maxAnswerTokens }: ModelLimits,
): SelectableModel {
  const window = Math.min(requestWindow, file.trainedContext || requestWindow);
  const host = serverHost(path);
  const maxOutputTokens = answerRoom(window, maxAnswerTokens);
  return {
    id: modelTitle(path).replace(/\.gguf$/, ''),
    name: file.name,
    family: file.architecture,
    version: '1',
    detail: host === undefined ? l10n.t('On this machine') : l10n.t('On {host}', { host }),
    tooltip:
      host === undefined
        ? l10n.t('Runs on this machine with Endless. Nothing that is asked leaves it.')
        : l10n.t('Runs on {host}. What is asked is sent there by Endless.', { host }),
    maxInputTokens: window - maxOutputTokens,
    maxOutputTokens,
    capabilities: { toolCalling: window >= TOOL_WINDOW && file.knowsTools, imageInput: false },
    isUserSelectable: true,
  };
}
