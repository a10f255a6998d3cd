import { describe, expect, it } from 'vitest';
import type { ErrorReport } from '../../../src/shared/errors.ts';
import { accept, dispatch, insert, reject, type Drafts } from '../../../src/webview/state/drafts.ts';

const drafts = (draft: string, outbox: Drafts['outbox'] = []): Drafts => ({ draft, outbox, rejection: undefined });
const ERROR: ErrorReport = { code: 'no-model', args: {} };

describe('what is typed is never lost', () => {
  it('goes from the composer into the outbox', () => {
    expect(dispatch(drafts(' hello \n'), 'a')).toEqual(drafts('', [{ key: 'a', message: 'hello' }]));
  });

  it('is not sent while it is only white space', () => {
    expect(dispatch(drafts(' \n'), 'a')).toEqual(drafts(' \n'));
  });

  it('leaves the outbox once the transcript has it', () => {
    const sent = dispatch(dispatch(drafts('one'), 'a'), 'b');
    expect(accept(sent, 'a').outbox).toEqual([]);
    expect(accept(sent, 'unknown')).toEqual(sent);
  });

  it('comes back, with the reason, when it is rejected', () => {
    expect(reject(dispatch(drafts('hello'), 'a'), 'a', ERROR)).toEqual({ draft: 'hello', outbox: [], rejection: ERROR });
  });

  it('comes back in front of what was typed meanwhile', () => {
    const typing = { ...dispatch(drafts('first'), 'a'), draft: 'second' };
    expect(reject(typing, 'a', ERROR).draft).toBe('first\n\nsecond');
  });

  it('comes back when it was not sent from here', () => {
    expect(reject(drafts('second'), 'a', ERROR, 'first')).toEqual({ draft: 'first\n\nsecond', outbox: [], rejection: ERROR });
    expect(reject(dispatch(drafts('first'), 'a'), 'a', ERROR, 'first').draft).toBe('first');
  });

  it('stays in front of what is put into the composer', () => {
    const before: Drafts = { ...drafts('Why? \n', [{ key: 'a', message: 'sent' }]), rejection: ERROR };
    expect(insert(before, 'let a;')).toEqual({ ...before, draft: 'Why?\n\nlet a;\n' });
    expect(insert(drafts(' '), 'a\r\nb\rc').draft).toBe('a\nb\nc\n');
  });

  it('takes the reason away with the next try', () => {
    expect(dispatch(reject(dispatch(drafts('hello'), 'a'), 'a', ERROR), 'b').rejection).toBeUndefined();
  });
});
