import { EndlessError } from '../../shared/errors.ts';
import type { GenerateResult } from '../../shared/protocol.ts';

/** Answers what no conversation remembers. */
export class Requester {
  generate(): Promise<GenerateResult> {
    return Promise.reject(new EndlessError('unknown-message', { message: 'request/generate' }));
  }

  countTokens(): Promise<number> {
    return Promise.reject(new EndlessError('unknown-message', { message: 'model/count' }));
  }
}
