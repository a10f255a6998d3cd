import { describe, expect, it } from 'vitest';
import { SharedBox } from '../../../../src/extension/git/shared-box.ts';

/** As VS Code has it: what is written is there at once, and all that happens to it is told of later, in its order. */
class SlowBox {
  readonly #untold: string[] = [];
  #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  get value(): string {
    return this.#value;
  }

  set value(text: string) {
    this.#value = text;
    this.#untold.push(text);
  }

  type(text: string): void {
    this.#untold.push(text);
  }

  tell(count = this.#untold.length, lineEnd = '\n'): void {
    for (const text of this.#untold.splice(0, count)) this.#value = text.replaceAll('\n', lineEnd);
  }
}

describe('a box that the user may write into, too', () => {
  const boxWith = (value: string): { box: SlowBox; shared: SharedBox } => {
    const box = new SlowBox(value);
    return { box, shared: new SharedBox(box) };
  };

  it('is written into, however late VS Code tells of it', () => {
    for (const tells of [0, 1, 2]) {
      const { box, shared } = boxWith('');
      for (let length = 1; length <= 20; length++) {
        shared.write('x'.repeat(length));
        box.tell(length % 3 === 0 ? tells : 0);
        expect(shared.isOurs).toBe(true);
      }
      box.tell();
      expect(box.value).toBe('x'.repeat(20));
    }
  });

  it('is left to whoever writes into it', () => {
    const { box, shared } = boxWith('Before');
    shared.write('One');
    shared.write('One and');
    box.type('Mine');
    box.tell();
    expect(shared.isOurs).toBe(false);
    shared.write('One and two');
    shared.takeBack();
    expect(box.value).toBe('Mine');
  });

  it('is left to whoever writes into it before anything else is', () => {
    const { box, shared } = boxWith('');
    box.type('Mine');
    box.tell();
    shared.write('One');
    expect(box.value).toBe('Mine');
  });

  it('is left to whoever empties it', () => {
    const { box, shared } = boxWith('');
    shared.write('One');
    box.type('');
    box.tell();
    expect(shared.isOurs).toBe(false);
  });

  it('is left to whoever goes back to what was told of before', () => {
    const { box, shared } = boxWith('');
    for (const text of ['One', 'One and', 'One and two']) shared.write(text);
    box.tell(2);
    shared.write('One and two and three');
    box.type('One');
    box.tell();
    expect(shared.isOurs).toBe(false);
  });

  it('is written into where lines end as on Windows', () => {
    const { box, shared } = boxWith('');
    for (const text of ['One', 'One\n\nTwo', 'One\n\nTwo, three']) {
      shared.write(text);
      box.tell(1, '\r\n');
      expect(shared.isOurs).toBe(true);
    }
    expect(box.value).toBe('One\r\n\r\nTwo, three');
    shared.takeBack();
    expect(box.value).toBe('');
  });

  it('is written into when the same text comes twice, as with a fence that comes in pieces', () => {
    const { box, shared } = boxWith('');
    for (const text of ['One', 'One`', 'One', 'Two']) shared.write(text);
    box.tell(1);
    shared.write('Three');
    box.tell(1);
    expect(box.value).toBe('One`');
    expect(shared.isOurs).toBe(true);
    box.tell();
    expect(box.value).toBe('Three');
  });

  it('keeps what is typed while nothing has been written yet', () => {
    const { box, shared } = boxWith('');
    box.type('Mine');
    shared.takeBack();
    box.tell();
    expect(box.value).toBe('Mine');
  });

  it('gets back what stood there at first, also while VS Code tells of something in between', () => {
    for (const told of [0, 1, 2]) {
      const { box, shared } = boxWith('Before');
      shared.write('One');
      shared.write('One and');
      box.tell(told);
      shared.takeBack();
      box.tell();
      expect(box.value).toBe('Before');
    }
  });
});
