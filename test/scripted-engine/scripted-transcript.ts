import { readFileSync, writeFileSync } from 'node:fs';
import { EndlessError } from '../../src/shared/errors.ts';
import type { EngineSettings } from '../../src/shared/protocol/engine-settings.ts';
import type { RequestParams } from '../../src/shared/protocol/protocol.ts';
import type { RecalledPassage, Turn } from '../../src/shared/protocol/turn.ts';

/** A turn with the key of its message and the settings it is answered by. */
export interface StoredTurn {
  readonly key: string;
  readonly turn: Turn;
  readonly settings: EngineSettings;
}

/** A message as it was sent. */
export type Sent = Omit<RequestParams<'send'>, 'address'>;

/** The turns of a conversation, in a file that outlives a crash. */
export class ScriptedTranscript {
  readonly #file: string;
  #stored: readonly StoredTurn[];
  #section = 0;
  /** Ids are never given twice. */
  #lastId = 0;
  #cleared: readonly StoredTurn[] = [];

  constructor(file: string) {
    this.#file = file;
    this.#stored = read(file);
    for (const { turn } of this.#stored) if (turn.state === 'running') this.change(turn.id, { state: 'interrupted' });
  }

  /** @returns the turn and whether it is new; a message whose key is known already has its turn. */
  add({ key, message, settings, asksForRecall = false, attachments = [] }: Sent): { readonly turn: Turn; readonly isNew: boolean } {
    const known = this.#stored.find((stored) => stored.key === key);
    if (known) return { turn: known.turn, isNew: false };
    this.#lastId = Math.max(this.#lastId, ...this.#stored.map((stored) => stored.turn.id)) + 1;
    const turn: Turn = {
      id: this.#lastId,
      createdAt: Date.UTC(2026, 0, 1) + this.#lastId,
      section: this.#section,
      state: 'queued',
      message,
      answer: '',
      ...(attachments.length > 0 && { attachments }),
      ...(asksForRecall && { recall: { asked: true, passages: [] } }),
    };
    this.#write([...this.#stored, { key, turn, settings }]);
    return { turn, isNew: true };
  }

  knows(key: string): boolean {
    return this.#stored.some((stored) => stored.key === key);
  }

  change(turnId: number, change: Partial<Turn>): void {
    this.#write(this.#stored.map((stored) => (stored.turn.id === turnId ? { ...stored, turn: { ...stored.turn, ...change } } : stored)));
  }

  /** @returns how many turns were cleared. */
  clear(): number {
    if (this.#stored.length === 0) return 0;
    this.#cleared = this.#stored;
    this.#write([]);
    return this.#cleared.length;
  }

  /** @returns how many turns are back. */
  undoClear(): number {
    const back = this.#cleared;
    this.#write([...back, ...this.#stored]);
    this.#cleared = [];
    return back.length;
  }

  deleteCleared(): void {
    this.#cleared = [];
  }

  /** How many turns can be brought back. */
  get cleared(): number {
    return this.#cleared.length;
  }

  remove({ turnId, andLater = false }: { readonly turnId: number; readonly andLater?: boolean }): void {
    this.#write(this.#stored.filter(({ turn }) => (andLater ? turn.id < turnId : turn.id !== turnId)));
  }

  turn(turnId: number): Turn {
    const stored = this.#stored.find(({ turn }) => turn.id === turnId);
    if (!stored) throw new EndlessError('internal', { turnId });
    return stored.turn;
  }

  /** Messages with a text in them, of turns up to the given one. */
  passagesWith(text: string, upTo: number): RecalledPassage[] {
    const turns = this.#stored.map(({ turn }) => turn).filter(({ id, message }) => id <= upTo && message.includes(text));
    return turns.map(({ id, createdAt, message }) => ({ turnId: id, createdAt, role: 'message', text: message }));
  }

  get section(): number {
    return this.#section;
  }

  beginSection(): void {
    this.#section = (this.#stored.at(-1)?.turn.section ?? -1) + 1;
  }

  nextQueued(): StoredTurn | undefined {
    return this.#stored.find(({ turn }) => turn.state === 'queued');
  }

  page(before: number, turns: number): { turns: Turn[]; hasEarlier: boolean } {
    const earlier = this.turns.filter((turn) => turn.id < before);
    return { turns: earlier.slice(-turns), hasEarlier: earlier.length > turns };
  }

  laterPage(after: number, turns: number): { turns: Turn[]; hasLater: boolean } {
    const later = this.turns.filter((turn) => turn.id > after);
    return { turns: later.slice(0, turns), hasLater: later.length > turns };
  }

  get turns(): readonly Turn[] {
    return this.#stored.map(({ turn }) => turn);
  }

  #write(stored: readonly StoredTurn[]): void {
    this.#stored = stored;
    writeFileSync(this.#file, JSON.stringify(stored));
  }
}

function read(file: string): readonly StoredTurn[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as readonly StoredTurn[];
  } catch {
    return [];
  }
}
