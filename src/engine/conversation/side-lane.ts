import { EndlessError } from '../../shared/errors.ts';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import type { LaneChange } from '../../shared/protocol/requests.ts';
import type { ChatSlot } from './chat-slot.ts';
import type { ConversationCache } from './conversation-cache.ts';
import type { HeldDialogue } from './held-dialogue.ts';
import { isModelFailure } from './model-failures.ts';
import { RequestAnswer, stoppedAnswer, type AsideAnswer, type RequestListener } from './request-answer.ts';

export interface SideRequest {
  readonly message: string;
  readonly settings: EngineSettings;
  readonly listener: RequestListener;
  readonly signal: AbortSignal;
}

/** Answers a request beside the conversation that enters, or says why it cannot be answered there. Only within `exclusively`. */
export async function answerBeside(slot: ChatSlot, cache: ConversationCache, request: SideRequest): Promise<AsideAnswer | LaneChange> {
  const { message, settings, listener, signal } = request;
  const isStopped = (): boolean => signal.aborted;
  let dialogue: HeldDialogue;
  try {
    const onLoading = (fraction: number): void => listener.onStage({ kind: 'loading', fraction });
    const { answersBeside } = await slot.load(settings, onLoading, signal);
    if (!answersBeside) return 'cannot-shift';
    dialogue = await cache.enter(settings, { before: Number.MAX_SAFE_INTEGER, signal, isForTurn: false });
    // The request cannot stand behind the beginning of another message.
    await dialogue.dropDraft();
  } catch (error) {
    // The conversation may be there by half.
    if (!isModelFailure(EndlessError.from(error).code)) cache.evacuate();
    if (!isStopped() || error instanceof EndlessError) throw error;
    return stoppedAnswer();
  }
  if (!dialogue.fitsBeside(message, settings.maxAnswerTokens)) return 'no-room';
  try {
    const answer = new RequestAnswer(listener);
    return await answer.from((onPrefill) => dialogue.aside(message, { sampling: settings, signal, onPrefill }));
  } catch (error) {
    cache.evacuate();
    throw error;
  }
}
