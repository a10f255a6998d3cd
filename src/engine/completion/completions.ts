import type { CompletionResult, Passage } from '../../shared/protocol/completion.ts';
import { isServerAddress } from '../../shared/server-address.ts';
import type { Completer, CompletionRequest } from './completer.ts';
import type { ServerCompleter } from './server-completer.ts';

/** Takes each place to whom it is to be asked about: the model in this process, or a server. */
export class Completions {
  readonly #here: Completer;
  readonly #onServer: ServerCompleter;

  constructor(here: Completer, onServer: ServerCompleter) {
    this.#here = here;
    this.#onServer = onServer;
  }

  /** @throws EndlessError with the code of what is wrong with the model or the server. */
  complete(request: CompletionRequest, signal: AbortSignal): Promise<CompletionResult> {
    const whom = isServerAddress(request.settings.modelPath) ? this.#onServer : this.#here;
    return whom.complete(request, signal);
  }

  show(owner: object, passages: readonly Passage[]): void {
    this.#here.show(owner, passages);
    this.#onServer.show(owner, passages);
  }

  /** A server may answer now that did not before. */
  serverAllowed(): void {
    this.#onServer.forget();
  }

  close(): void {
    this.#here.close();
    this.#onServer.close();
  }
}
