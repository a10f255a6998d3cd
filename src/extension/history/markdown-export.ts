import { endingSentence } from '../../shared/ending-sentences.ts';
import type { Localizer } from '../../shared/error-sentences.ts';
import type { Turn } from '../../shared/protocol/turn.ts';
import { containedMarkdown, quoted } from './contained.ts';

/**
 * Writes a conversation as Markdown, a page of turns after the other: a heading for each day and section, one for who speaks,
 * messages as quotations and answers as what they are.
 */
export class MarkdownExport {
  readonly #l10n: Localizer;
  readonly #day: Intl.DateTimeFormat;
  readonly #time: Intl.DateTimeFormat;
  #last: { readonly section: number; readonly day: string } | undefined;

  /** @param timeZone of the dates; the machine's own unless told. */
  constructor(l10n: Localizer, language: string, timeZone?: string) {
    this.#l10n = l10n;
    this.#day = new Intl.DateTimeFormat(language, { dateStyle: 'full', ...(timeZone && { timeZone }) });
    this.#time = new Intl.DateTimeFormat(language, { timeStyle: 'short', ...(timeZone && { timeZone }) });
  }

  /** What stands above the turns. */
  title(now: Date): string {
    const [date, time] = [this.#day.format(now), this.#time.format(now)];
    return `# ${this.#l10n.t('Conversation with Endless')}\n\n*${this.#l10n.t('Exported on {date}, {time}', { date, time })}*\n`;
  }

  /** The next turns, oldest first. */
  page(turns: readonly Turn[]): string {
    return turns.map((turn) => this.#turn(turn)).join('');
  }

  #turn(turn: Turn): string {
    const parts = [...this.#heading(turn), `### ${this.#l10n.t('You')}, ${this.#time.format(turn.createdAt)}`, quoted(turn.message)];
    const ending = this.#ending(turn);
    if (turn.answer !== '' || ending !== undefined) parts.push(`### ${this.#l10n.t('Endless')}`);
    if (turn.answer !== '') parts.push(containedMarkdown(turn.answer));
    if (ending !== undefined) parts.push(`*${ending}*`);
    return `\n${parts.join('\n\n')}\n`;
  }

  #heading({ section, createdAt }: Turn): readonly string[] {
    const [last, day] = [this.#last, this.#day.format(createdAt)];
    this.#last = { section, day };
    if (last !== undefined && last.section < section) return ['---', `## ${this.#l10n.t('New section')}, ${day}`];
    return last?.day === day ? [] : [`## ${day}`];
  }

  #ending(turn: Turn): string | undefined {
    if (turn.state === 'queued') return this.#l10n.t('This message waits for its answer.');
    if (turn.state === 'running') return this.#l10n.t('This answer is still being written.');
    return endingSentence(this.#l10n, turn);
  }
}
