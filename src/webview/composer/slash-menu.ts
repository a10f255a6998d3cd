import * as l10n from '@vscode/l10n';
import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { SLASH_COMMANDS, type SlashLine } from '../../shared/slash-commands.ts';
import './listbox.ts';
import { optionId } from './listbox.ts';

type Command = SlashLine['command'];

const LIST_ID = 'slash-commands';

/** Offers commands while the name of one is being written. */
export class SlashMenu {
  readonly #host: ReactiveControllerHost;
  /** Takes a command; `runs` when it is to be run at once. */
  readonly #take: (text: string, runs: boolean) => void;
  #written = '';
  #offered: readonly Command[] = [];
  #active = 0;

  constructor(host: ReactiveControllerHost, take: (text: string, runs: boolean) => void) {
    this.#host = host;
    this.#take = take;
  }

  /** To be called when something was written. */
  follow(text: string): void {
    const [, name] = /^\/([a-z]*)$/.exec(text) ?? [];
    this.#written = text;
    this.#show(name === undefined ? [] : SLASH_COMMANDS.filter((command) => command.name.startsWith(name)));
  }

  close(): void {
    this.#show([]);
  }

  /** The option that the text field points to. */
  get activeOption(): string | undefined {
    return this.#offered.length > 0 ? optionId(LIST_ID, this.#active) : undefined;
  }

  get listId(): string | undefined {
    return this.#offered.length > 0 ? LIST_ID : undefined;
  }

  /** @returns whether the key was meant for the list. */
  onKey(event: KeyboardEvent): boolean {
    const count = this.#offered.length;
    if (count === 0 || event.isComposing || event.shiftKey) return false;
    switch (event.key) {
      case 'ArrowDown':
        this.#activate((this.#active + 1) % count);
        break;
      case 'ArrowUp':
        this.#activate((this.#active + count - 1) % count);
        break;
      case 'Escape':
        this.close();
        break;
      case 'Tab':
        this.#choose(this.#active, false);
        break;
      case 'Enter':
        this.#choose(this.#active, true);
        break;
      default:
        return false;
    }
    event.preventDefault();
    return true;
  }

  template(): TemplateResult | typeof nothing {
    if (this.#offered.length === 0) return nothing;
    const choices = this.#offered.map(({ name, describe }) => ({ label: `/${name}`, detail: describe(l10n) }));
    return html`<endless-listbox
      .listId=${LIST_ID}
      .label=${l10n.t('Commands')}
      .choices=${choices}
      .active=${this.#active}
      @choose=${(event: CustomEvent<number>) => this.#choose(event.detail, true)}
    ></endless-listbox>`;
  }

  /** What takes no words, or was written to its end, is run; anything else goes on with its words. */
  #choose(index: number, runs: boolean): void {
    const command = this.#offered[index];
    if (!command) return;
    const text = `/${command.name}`;
    this.close();
    if (command.words === 'none') this.#take(text, runs);
    else if (runs && command.words === 'optional' && this.#written === text) this.#take(text, true);
    else this.#take(`${text} `, false);
  }

  #activate(index: number): void {
    this.#active = index;
    this.#host.requestUpdate();
  }

  #show(offered: readonly Command[]): void {
    this.#offered = offered;
    this.#activate(0);
  }
}
