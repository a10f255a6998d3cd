import { describe, expect, it } from 'vitest';
import { chatHistory, toolFunctions } from '../../../src/engine/requests/chat-history.ts';
import type { ChatMessage } from '../../../src/shared/protocol/requests.ts';

const call = { id: '1', name: 'read_file', input: '{"path":"a.ts"}' };

describe('messages for the library', () => {
  it('keep their order', () => {
    const messages: ChatMessage[] = [
      { role: 'system', text: 'Be brief.' },
      { role: 'user', text: 'Hello' },
      { role: 'assistant', text: 'Hi', calls: [] },
      { role: 'user', text: 'Bye' },
    ];
    expect(chatHistory(messages)).toEqual([
      { type: 'system', text: 'Be brief.' },
      { type: 'user', text: 'Hello' },
      { type: 'model', response: ['Hi'] },
      { type: 'user', text: 'Bye' },
    ]);
  });

  it('of one speaker in a row are one, since templates want them in turns', () => {
    const messages: ChatMessage[] = [
      { role: 'user', text: 'One' },
      { role: 'user', text: 'Two' },
      { role: 'assistant', text: 'A', calls: [] },
      { role: 'assistant', text: 'B', calls: [] },
    ];
    expect(chatHistory(messages)).toEqual([
      { type: 'user', text: 'One\n\nTwo' },
      { type: 'model', response: ['A', 'B'] },
    ]);
  });

  it('have what a tool gave in the answer that called it', () => {
    const messages: ChatMessage[] = [
      { role: 'user', text: 'What is in a.ts?' },
      { role: 'assistant', text: 'I look.', calls: [call] },
      { role: 'tool', callId: '1', text: 'const a = 1;' },
      { role: 'assistant', text: 'A constant.', calls: [] },
    ];
    expect(chatHistory(messages)).toEqual([
      { type: 'user', text: 'What is in a.ts?' },
      {
        type: 'model',
        response: ['I look.', { type: 'functionCall', name: 'read_file', params: { path: 'a.ts' }, result: 'const a = 1;' }, 'A constant.'],
      },
    ]);
  });

  it('have an empty result for a call that gave none, and no input for one without', () => {
    const [item] = chatHistory([{ role: 'assistant', text: '', calls: [{ ...call, input: '' }] }]);
    expect(item).toEqual({ type: 'model', response: [{ type: 'functionCall', name: 'read_file', params: {}, result: '' }] });
  });

  it('with input that is no JSON are refused', () => {
    expect(() => chatHistory([{ role: 'assistant', text: '', calls: [{ ...call, input: '{' }] }])).toThrow('invalid-message');
  });
});

describe('tools for the library', () => {
  it('have their schema, or none', () => {
    const tools = [
      { name: 'now', description: 'Tells the time.', inputSchema: '' },
      { name: 'read', description: 'Reads.', inputSchema: '{"type":"object"}' },
    ];
    expect(toolFunctions(tools)).toEqual({
      now: { description: 'Tells the time.' },
      read: { description: 'Reads.', params: { type: 'object' } },
    });
  });
});
