import { describe, expect, it } from 'vitest';
import { readHostMessage } from '../../../src/webview/host/host-message.ts';
import { state, turns } from '../../webview/fixtures/conversation.ts';

describe('a message from the host', () => {
  it('passes when it is one', () => {
    expect(readHostMessage(state(turns(1, 3)))).toEqual(state(turns(1, 3)));
  });

  it.each([
    [{ type: 'explode' }, 'unknown-message', 'explode'],
    [{ type: 'text', turnId: 'one' }, 'invalid-message', 'text'],
    ['hello', 'unknown-message', 'string'],
    [null, 'unknown-message', 'object'],
  ])('%j is rejected by name', (message, code, name) => {
    expect(() => readHostMessage(message)).toThrow(expect.objectContaining({ code, args: { message: name } }));
  });
});
