import { describe, expect, test } from 'vitest';
import type { Memento } from 'vscode';
import { DraftAttachments, type NewAttachment } from '../../../../src/extension/context/draft-attachments.ts';

/** What survives a reload of the window. */
class Memory implements Pick<Memento, 'get' | 'update'> {
  #state: unknown;

  get(): undefined {
    return this.#state as undefined;
  }

  async update(_key: string, value: unknown): Promise<void> {
    this.#state = structuredClone(value);
  }
}

/** A token for each character, and room for the rest when the message itself has had its part. */
function drafts(memory = new Memory(), longest?: number): DraftAttachments {
  return new DraftAttachments({ memory, count: async (text) => text.length, longestMessage: () => longest });
}

function file(label: string, text = label, changes: Partial<NewAttachment> = {}): NewAttachment {
  return { kind: 'file', label, uri: `file:///${label}`, text, parts: ['outline'], isWhole: true, ...changes };
}

const labels = (attachments: DraftAttachments): readonly string[] => attachments.shown.map(({ label }) => label);
const keys = (attachments: DraftAttachments): readonly string[] => attachments.shown.map(({ key }) => key);

describe('what is attached to a draft', () => {
  test('is shown with its tokens as soon as they are counted', async () => {
    const attachments = drafts();
    attachments.add(file('a.ts', 'abc'));
    expect(attachments.shown).toMatchObject([{ label: 'a.ts', uri: 'file:///a.ts', parts: [] }]);
    expect(attachments.shown[0]).not.toHaveProperty('tokens');
    await attachments.count('abc');
    expect(attachments.shown).toMatchObject([{ tokens: 3 }]);
  });

  test('is there once, as it was read last, under the same key', () => {
    const attachments = drafts();
    attachments.add(file('a.ts', 'old'), file('b.ts'));
    const [key] = keys(attachments);
    attachments.add(file('a.ts', 'new'));
    expect(labels(attachments)).toEqual(['a.ts', 'b.ts']);
    expect(attachments.fitting[0]).toEqual({ key, kind: 'file', label: 'a.ts', uri: 'file:///a.ts', text: 'new' });
  });

  test('two selections of terminals stand beside each other', () => {
    const attachments = drafts();
    const terminal = (text: string): NewAttachment => ({ kind: 'terminal', label: 'Terminal, 1 line', text, parts: [], isWhole: false });
    attachments.add(terminal('one'), terminal('two'), terminal('one'));
    expect(attachments.shown).toHaveLength(2);
  });

  test('survives a reload', () => {
    const memory = new Memory();
    drafts(memory).add(file('a.ts'), file('b.ts'));
    const attachments = drafts(memory);
    attachments.remove(keys(attachments)[0]!);
    expect(labels(drafts(memory))).toEqual(['b.ts']);
  });

  test('is nothing where the memory holds what another version wrote', async () => {
    const memory = new Memory();
    await memory.update('', [{ label: 'a.ts' }]);
    expect(drafts(memory).shown).toEqual([]);
  });

  test('is counted anew by another model', async () => {
    let perCharacter = 1;
    const attachments = new DraftAttachments({
      memory: new Memory(),
      count: async (text) => text.length * perCharacter,
      longestMessage: () => undefined,
    });
    attachments.add(file('a.ts', 'abc'));
    await attachments.count('abc');
    perCharacter = 2;
    attachments.forgetCounts();
    expect(attachments.shown[0]).not.toHaveProperty('tokens');
    await attachments.count('abc');
    expect(attachments.shown).toMatchObject([{ tokens: 6 }]);
  });

  test('goes without tokens while nobody can count them', async () => {
    const attachments = new DraftAttachments({
      memory: new Memory(),
      count: () => Promise.reject(new Error('no model')),
      longestMessage: () => undefined,
    });
    attachments.add(file('a.ts'));
    await attachments.count('a.ts').catch(() => undefined);
    expect(attachments.shown[0]).not.toHaveProperty('tokens');
  });
});

describe('a message', () => {
  test('takes what is attached, and what was attached since stays', () => {
    const attachments = drafts();
    attachments.add(file('a.ts'), file('b.ts'));
    const [a] = keys(attachments);
    expect(attachments.take('m', [a!])).toMatchObject([{ key: a, label: 'a.ts', text: 'a.ts' }]);
    expect(labels(attachments)).toEqual(['b.ts']);
    expect(attachments.isSending).toBe(true);
    attachments.accepted('m');
    expect(attachments.isSending).toBe(false);
    expect(labels(attachments)).toEqual(['b.ts']);
  });

  test('that is sent again takes the same', () => {
    const attachments = drafts();
    attachments.add(file('a.ts'));
    const taken = attachments.take('m', keys(attachments));
    expect(attachments.take('m', [])).toEqual(taken);
  });

  test('that is not taken brings back what it had, before what was attached since', () => {
    const attachments = drafts();
    attachments.add(file('a.ts'));
    attachments.take('m', keys(attachments));
    attachments.add(file('b.ts'));
    attachments.rejected('m');
    expect(labels(attachments)).toEqual(['a.ts', 'b.ts']);
  });

  test('that is on its way when the window is reloaded finds it again', () => {
    const memory = new Memory();
    const before = drafts(memory);
    before.add(file('a.ts'), file('b.ts'));
    const [a] = keys(before);
    before.take('m', [a!]);
    const attachments = drafts(memory);
    expect(attachments.take('m', [a!])).toMatchObject([{ label: 'a.ts' }]);
    attachments.accepted('m');
    expect(labels(drafts(memory))).toEqual(['b.ts']);
  });

  test('that was tried again and not taken gives back its attachments', () => {
    const attachments = drafts();
    attachments.giveBack([{ key: 'old', kind: 'diff', label: 'Changes', text: 'diff' }]);
    expect(attachments.fitting).toMatchObject([{ label: 'Changes', text: 'diff' }]);
  });
});

describe('what does not fit', () => {
  test('says how much room there is, and what could be attached in its place', async () => {
    const attachments = drafts(new Memory(), 80);
    attachments.add(file('small', 's'.repeat(40)), file('big', 'b'.repeat(60)), file('other', 'o'.repeat(30)));
    await Promise.all(attachments.fitting.map(({ text }) => attachments.count(text)));
    // An eighth is kept for the message itself.
    expect(attachments.shown).toMatchObject([
      { label: 'small', parts: [] },
      { label: 'big', tokens: 60, room: 30, parts: ['outline'] },
      { label: 'other', parts: [] },
    ]);
    expect(attachments.fitting.map(({ label }) => label)).toEqual(['small', 'other']);
  });

  test('is told again when more room is there', async () => {
    let longest = 16;
    const attachments = new DraftAttachments({ memory: new Memory(), count: async (text) => text.length, longestMessage: () => longest });
    attachments.add(file('a', 'a'.repeat(20)));
    await attachments.count('a'.repeat(20));
    attachments.roomChanged();
    let changes = 0;
    attachments.on('change', () => (changes += 1));
    attachments.roomChanged();
    expect(changes).toBe(0);
    longest = 400;
    attachments.roomChanged();
    expect(changes).toBe(1);
    expect(attachments.shown[0]).not.toHaveProperty('room');
  });
});
