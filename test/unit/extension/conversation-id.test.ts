import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { conversationId } from '../../../src/extension/engine/conversation-id.ts';
import { AddressSchema } from '../../../src/shared/protocol/address.ts';

describe('the identity of a conversation', () => {
  test('does not depend on the order of the folders', () => {
    expect(conversationId(['file:///a', 'file:///b'])).toBe(conversationId(['file:///b', 'file:///a']));
  });

  test('differs from folder to folder', () => {
    const ids = [[], ['file:///a'], ['file:///b'], ['file:///a', 'file:///b'], ['file:///a,file:///b']].map(conversationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('is "no-folder" without a folder', () => {
    expect(conversationId([])).toBe('no-folder');
  });

  test('is one that the protocol accepts', () => {
    expect(v.is(AddressSchema, { conversationId: conversationId(['file:///a']) })).toBe(true);
  });
});
