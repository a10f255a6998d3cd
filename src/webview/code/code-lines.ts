import type { CodeLine, CodeToken } from './tokens.ts';

/** Lines that are laid out together: what is appended touches the last of these groups only. */
const GROUP = 50;

/** Code on the page, in groups of lines. */
export class CodeLines {
  readonly #root: HTMLElement;
  #text = '';
  /** Line ends in the last group. */
  #lines = 0;

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  /** What goes on from what is there is appended to it; anything else takes its place. */
  show(text: string): void {
    if (!text.startsWith(this.#text)) {
      this.#root.replaceChildren();
      this.#text = '';
    }
    const more = text.slice(this.#text.length);
    this.#text = text;
    for (let from = 0; from < more.length;) {
      const end = this.#endOfGroup(more, from);
      this.#append(more.slice(from, end));
      from = end;
    }
  }

  /** Colours the lines, which are there already, group by group. */
  *colour(slices: Iterable<readonly CodeLine[]>): Generator<void, void> {
    const groups = [...this.#root.children].values();
    let waiting: CodeLine[] = [];
    for (const slice of slices) {
      waiting.push(...slice);
      for (; waiting.length >= GROUP; waiting = waiting.slice(GROUP)) {
        groups.next().value?.replaceChildren(...nodesOf(waiting.slice(0, GROUP)));
        yield;
      }
      yield;
    }
    const last = groups.next().value;
    // Lines may be missing where only a part of the code could be read.
    if (last && lengthOf(waiting) === last.textContent.length) last.replaceChildren(...nodesOf(waiting));
  }

  #endOfGroup(text: string, from: number): number {
    if (this.#lines === GROUP || !this.#root.lastChild) {
      this.#lines = 0;
      this.#root.append(lineGroup());
    }
    for (let at = from; ;) {
      const next = text.indexOf('\n', at) + 1;
      if (next === 0) return text.length;
      this.#lines += 1;
      if (this.#lines === GROUP) return next;
      at = next;
    }
  }

  #append(text: string): void {
    const group = this.#root.lastChild;
    const last = group?.lastChild;
    if (last instanceof Text) last.appendData(text);
    else group?.appendChild(document.createTextNode(text));
  }
}

function lineGroup(): HTMLElement {
  const group = document.createElement('span');
  group.className = 'lines';
  return group;
}

function nodesOf(lines: readonly CodeLine[]): Node[] {
  return joined(lines.flat()).map(({ text, kind }) => {
    if (kind === undefined) return document.createTextNode(text);
    const token = document.createElement('span');
    token.className = `token-${kind}`;
    token.textContent = text;
    return token;
  });
}

/** Neighbours of the same kind as one: fewer nodes to lay out. */
function joined(tokens: readonly CodeToken[]): readonly CodeToken[] {
  const result: CodeToken[] = [];
  for (const token of tokens) {
    const last = result.at(-1);
    if (last && last.kind === token.kind) result[result.length - 1] = { ...last, text: last.text + token.text };
    else result.push(token);
  }
  return result;
}

function lengthOf(lines: readonly CodeLine[]): number {
  return lines.flat().reduce((sum, { text }) => sum + text.length, 0);
}
