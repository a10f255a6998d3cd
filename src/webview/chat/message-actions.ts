import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Turn } from '../../shared/protocol/turn.ts';
import { express } from '../intent.ts';
import { wishFor } from '../wish.ts';
import './toolbar.ts';
import type { Tool } from './toolbar.ts';

/** What the actions of a turn are about. */
export interface ActionContext {
  readonly turn: Turn;
  /** Only the last turn can be answered anew; what comes behind it would not fit any more. */
  readonly isLast: boolean;
  /** Whether something of it is in the cache. */
  readonly isCached: boolean;
  /** The turn that is drawn; wishes come from it. */
  readonly element: Element;
  readonly edit: () => void;
  readonly forget: () => void;
}

/** What can be done with a message. */
export function messageActions(context: ActionContext): TemplateResult {
  const { turn, element } = context;
  if (turn.state === 'queued') return queuedActions(context);
  const tools: readonly Tool[] = [
    { name: 'edit', icon: 'edit', label: l10n.t('Edit and resend'), act: context.edit },
    copyTool(element, turn.message, l10n.t('Copy message')),
    pinTool(context),
    {
      name: 'forget',
      icon: 'trash',
      label: l10n.t('Forget'),
      tip: l10n.t('Forget this message and its answer: their tokens leave the cache'),
      act: context.forget,
    },
  ];
  return html`<endless-toolbar class="quiet" .tools=${tools} .label=${l10n.t('Message')}></endless-toolbar>`;
}

/** What can be done with an answer, as far as there is one. */
export function answerActions({ turn, isLast, element }: ActionContext): TemplateResult | typeof nothing {
  const isOver = turn.state !== 'running' && turn.state !== 'queued';
  const tools: readonly Tool[] = [
    ...(turn.answer === '' ? [] : [copyTool(element, turn.answer, l10n.t('Copy answer as Markdown'))]),
    ...(isOver && isLast ? [regenerateTool(turn, element)] : []),
  ];
  if (tools.length === 0) return nothing;
  return html`<endless-toolbar class="quiet" .tools=${tools} .label=${l10n.t('Answer')}></endless-toolbar>`;
}

/** A message that waits can still go back to where it was written. */
function queuedActions({ turn, element }: ActionContext): TemplateResult {
  const takeBack = (beside: boolean) => (): void => wishFor(element, { type: 'takeBack', turnId: turn.id, beside });
  const tools: readonly Tool[] = [
    { name: 'edit', icon: 'edit', label: l10n.t('Edit'), tip: l10n.t('Take this message back and edit it'), act: takeBack(true) },
    { name: 'cancel', icon: 'close', label: l10n.t('Cancel'), tip: l10n.t('Cancel this message'), act: takeBack(false) },
  ];
  return html`<endless-toolbar .tools=${tools} .label=${l10n.t('Queued message')}></endless-toolbar>`;
}

function copyTool(element: Element, text: string, label: string): Tool {
  return { name: 'copy', icon: 'copy', label, done: l10n.t('Copied'), act: () => express(element, { type: 'copy', text }) };
}

function regenerateTool({ id }: Turn, element: Element): Tool {
  const act = (): void => wishFor(element, { type: 'regenerate', turnId: id });
  return { name: 'regenerate', icon: 'refresh', label: l10n.t('Regenerate'), tip: l10n.t('Regenerate: answer this message anew'), act };
}

/** Unpinning is always tried: the engine knows what it holds. */
function pinTool({ turn: { id, pinned = false }, isCached, element }: ActionContext): Tool {
  return {
    name: 'pin',
    icon: pinned ? 'pinned' : 'pin',
    label: l10n.t('Pin'),
    tip: pinned ? l10n.t('Unpin: it may leave the cache again') : l10n.t('Pin: it never leaves the cache'),
    pressed: pinned,
    obstacle: isCached || pinned ? undefined : l10n.t("Only what is in the model's cache can be pinned"),
    act: () => express(element, { type: 'pin', turnId: id, pinned: !pinned }),
  };
}
