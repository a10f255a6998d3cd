import * as l10n from '@vscode/l10n';
import { html, nothing, type LitElement, type TemplateResult } from 'lit';
import type { Turn } from '../../shared/protocol/turn.ts';
import { icon } from '../actions.ts';
import { express } from '../intent.ts';
import { LightElement } from '../light-element.ts';
import { typedFor } from '../state/drafts.ts';
import type { OpenEdit } from '../state/edits.ts';
import { wishFor } from '../wish.ts';
import './answer.ts';
import './edit-message.ts';
import { forgetQuestion } from './forget-question.ts';
import { answerActions, messageActions, type ActionContext } from './message-actions.ts';
import { attachedTemplate } from './attached.ts';
import { noticeTemplate } from './notice.ts';
import { recalledTemplate } from './recalled.ts';
import './thoughts.ts';
import { statsTemplate } from './turn-stats.ts';

/** A message with its answer, and what can be done with them. */
export class EndlessTurn extends LightElement {
  static override properties = {
    turn: { attribute: false },
    isLast: { type: Boolean },
    isCached: { type: Boolean },
    edit: { attribute: false },
    asksToForget: { state: true },
  };
  declare turn: Turn;
  /** Only the last turn can be answered anew, and forgotten without a question. */
  declare isLast: boolean;
  /** Whether something of it is in the cache. */
  declare isCached: boolean;
  /** What its message is being changed to. */
  declare edit: OpenEdit | undefined;
  declare private asksToForget: boolean;
  /** What is to have the focus as soon as it is drawn. */
  #focusNext: string | undefined;

  constructor() {
    super();
    this.asksToForget = false;
  }

  protected override render(): TemplateResult {
    const context = this.#context;
    return html`${this.edit ? this.#editTemplate(this.edit) : this.#messageTemplate(context)}
    ${
      this.asksToForget
        ? forgetQuestion(
            () => this.#forget(),
            () => this.#keep(),
          )
        : nothing
    }
    ${attachedTemplate(this.turn)} ${recalledTemplate(this.turn)} ${this.turn.state === 'queued' ? nothing : this.#answerTemplate(context)}`;
  }

  protected override updated(): void {
    if (this.#focusNext !== undefined) void this.#moveFocus(this.#focusNext);
  }

  /** Its parts draw themselves a moment later. */
  async #moveFocus(selector: string): Promise<void> {
    await Promise.all([...this.querySelectorAll<LitElement>('endless-toolbar, endless-edit')].map((part) => part.updateComplete));
    const next = this.querySelector<HTMLElement>(selector);
    if (!next || selector !== this.#focusNext) return;
    this.#focusNext = undefined;
    next.focus();
    if (next instanceof HTMLTextAreaElement) next.setSelectionRange(next.value.length, next.value.length);
  }

  get #context(): ActionContext {
    const { turn, isLast, isCached } = this;
    return { turn, isLast, isCached, element: this, edit: () => this.#startEdit(), forget: () => this.#askToForget() };
  }

  #messageTemplate(context: ActionContext): TemplateResult {
    const { message, state, pinned = false } = this.turn;
    const badges = html`${pinned ? html`<span class="badge">${icon('pinned')}${l10n.t('Pinned')}</span>` : nothing}
    ${state === 'queued' ? html`<span class="badge">${l10n.t('Queued')}</span>` : nothing}`;
    return messageTemplate(message, html`${badges}${messageActions(context)}`);
  }

  #answerTemplate(context: ActionContext): TemplateResult {
    const { answer, thoughts, state, stats } = this.turn;
    const isThinking = state === 'running' && answer === '';
    return html`<article class="answer ${state}" aria-label=${l10n.t('Answer of Endless')} aria-busy=${state === 'running'}>
      <header>
        <h2>${l10n.t('Endless')}</h2>
        ${stats && stats.answerTokens > 0 && state !== 'running' ? statsTemplate(stats) : nothing}
      </header>
      ${thoughts ? html`<endless-thoughts .text=${thoughts} .isThinking=${isThinking} .turnId=${this.turn.id}></endless-thoughts>` : nothing}
      ${answer === '' ? waiting(isThinking && !thoughts) : html`<endless-answer .text=${answer} .turnId=${this.turn.id} .running=${state === 'running'} .complete=${isComplete(this.turn)}></endless-answer>`}
      ${noticeTemplate(this.turn, this.isLast)} ${answerActions(context)}
    </article>`;
  }

  #editTemplate(edit: OpenEdit): TemplateResult {
    const hasAttachments = (this.turn.attachments ?? []).length > 0;
    return html`<endless-edit
      class="message"
      .edit=${edit}
      .hasAttachments=${hasAttachments}
      @cancel=${() => this.#endEdit()}
    ></endless-edit>`;
  }

  #startEdit(): void {
    this.#focusNext = '.edit textarea';
    wishFor(this, { type: 'edit', turnId: this.turn.id, text: typedFor(this.turn) });
  }

  #endEdit(): void {
    this.#focusNext = '[data-tool="edit"]';
    wishFor(this, { type: 'edit', turnId: this.turn.id, text: undefined });
  }

  #askToForget(): void {
    if (this.isLast) return this.#forget();
    this.#focusNext = '.question .cancel';
    this.asksToForget = true;
  }

  #keep(): void {
    this.#focusNext = '[data-tool="forget"]';
    this.asksToForget = false;
  }

  /** The button goes with the question; the focus stays at the turn until that goes, too. */
  #forget(): void {
    this.closest<HTMLElement>('[data-turn]')?.focus({ preventScroll: true });
    this.asksToForget = false;
    express(this, { type: 'forget', turnId: this.turn.id });
  }
}

/**
 * The user's words as they are: text, not Markdown.
 *
 * @param beside what stands beside their heading.
 */
export function messageTemplate(message: string, beside: TemplateResult): TemplateResult {
  return html`<article class="message" aria-label=${l10n.t('Your message')}>
    <header>
      <h2>${l10n.t('You')}</h2>
      ${beside}
    </header>
    <p>${message}</p>
  </article>`;
}

/** Whether the model has ended its answer itself. */
function isComplete({ state, finish = 'end' }: Turn): boolean {
  return state === 'done' && finish === 'end';
}

/** Where the answer will begin; what it waits for stands above the composer. */
function waiting(isWaiting: boolean): TemplateResult | typeof nothing {
  return isWaiting ? html`<p class="waiting"></p>` : nothing;
}

customElements.define('endless-turn', EndlessTurn);
