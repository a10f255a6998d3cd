import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatMessages, textOf } from '../../../../src/extension/language-model/chat-messages.ts';
import type { EndlessError } from '../../../../src/shared/errors.ts';

/** Parts and roles as VS Code hands them on. */
const USER = 1;
const ASSISTANT = 2;
const SYSTEM = 3;
const message = (role: number, ...content: readonly unknown[]) => ({ role, content });
const text = (value: string) => ({ value });
const data = (mimeType: string, content: string) => ({ mimeType, data: new TextEncoder().encode(content) });
const call = (callId: string, name: string, input: unknown) => ({ callId, name, input });
const result = (callId: string, ...content: readonly unknown[]) => ({ callId, content });

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as EndlessError).code;
  }
  return 'none';
};

describe('what VS Code asks', () => {
  it('keeps the order and the roles of the messages', () => {
    const asked = [
      message(SYSTEM, text('Be brief.')),
      message(USER, text('Hi')),
      message(ASSISTANT, text('Hello')),
      message(USER, text('Bye')),
    ];
    expect(chatMessages(asked)).toEqual([
      { role: 'system', text: 'Be brief.' },
      { role: 'user', text: 'Hi' },
      { role: 'assistant', text: 'Hello', calls: [] },
      { role: 'user', text: 'Bye' },
    ]);
  });

  it('joins the parts of a message without anything between', () => {
    expect(chatMessages([message(USER, text('const a '), 'plain', data('text/markdown', ' = 1'))])).toEqual([
      { role: 'user', text: 'const a plain = 1' },
    ]);
  });

  it('has the calls of tools with what was said before them', () => {
    expect(chatMessages([message(ASSISTANT, text('I look.'), call('1', 'read', { path: 'a.ts' }), call('2', 'list', undefined))])).toEqual([
      {
        role: 'assistant',
        text: 'I look.',
        calls: [
          { id: '1', name: 'read', input: '{"path":"a.ts"}' },
          { id: '2', name: 'list', input: '{}' },
        ],
      },
    ]);
  });

  it('has the results of tools as messages of their own, each in its place', () => {
    expect(chatMessages([message(USER, result('1', text('one'), text(' two')), text('Go on.'), result('2'))])).toEqual([
      { role: 'tool', callId: '1', text: 'one two' },
      { role: 'user', text: 'Go on.' },
      { role: 'tool', callId: '2', text: '' },
    ]);
  });

  it('shows what a tool gave that is text in another form, and says what it does not show', () => {
    const parts = [data('application/json', '{"a":1}'), { value: { node: 1 } }, { strange: true }, data('image/png', 'abcd')];
    expect(chatMessages([message(USER, result('1', ...parts))])).toEqual([
      { role: 'tool', callId: '1', text: '{"a":1}{"node":1}{"strange":true}[image/png, 4 bytes, not shown]' },
    ]);
  });

  it('leaves out what a model thought, and marks that are meant for other providers', () => {
    const thought = { value: 'Hm.', id: undefined, metadata: undefined };
    expect(chatMessages([message(ASSISTANT, thought, text('Yes'), data('cache_control', 'ephemeral'))])).toEqual([
      { role: 'assistant', text: 'Yes', calls: [] },
    ]);
  });

  it.each([
    ['a picture', data('image/png', 'x'), 'images-unsupported'],
    ['data that is no text', data('application/pdf', 'x'), 'data-unsupported'],
    ['a part it does not know', { strange: true }, 'data-unsupported'],
  ])('refuses %s', (_name, part, code) => {
    expect(codeOf(() => chatMessages([message(USER, text('Look: '), part)]))).toBe(code);
  });

  it.each([[[]], [[message(USER)]], [[message(USER, text(''))]]])('refuses a request without text: %j', (messages) => {
    expect(codeOf(() => chatMessages(messages))).toBe('request-empty');
  });

  it('loses no text', () => {
    const anyMessage = fc.record({
      role: fc.constantFrom(USER, ASSISTANT, SYSTEM),
      texts: fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(anyMessage, { minLength: 1 }), (asked) => {
        const converted = chatMessages(asked.map(({ role, texts }) => message(role, ...texts.map(text))));
        const told = converted.map((part) => part.text).join('');
        expect(told).toBe(asked.flatMap(({ texts }) => texts).join(''));
      }),
    );
  });
});

describe('what is counted of a message', () => {
  it('is its texts, its calls and what tools gave', () => {
    expect(textOf(message(ASSISTANT, text('I look.'), call('1', 'read', { path: 'a' })))).toBe('I look.\nread\n{"path":"a"}');
    expect(textOf(message(USER, result('1', text('one')), text('Go on.')))).toBe('one\nGo on.');
  });

  it('may be nothing', () => {
    expect(textOf(message(USER))).toBe('');
  });
});
