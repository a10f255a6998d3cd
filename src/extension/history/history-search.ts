import { EndlessError, type ErrorReport } from '../../shared/errors.ts';
import type { SearchHit } from '../../shared/protocol/conversation.ts';
import type { History } from './history.ts';

/** What became of a query. */
export interface Found {
  readonly query: string;
  readonly hits: SearchHit[];
  /** Why nothing could be looked for. */
  readonly error?: ErrorReport;
}

/** Looks for what somebody types, one query at a time: those that were typed over meanwhile are never looked for. */
export class HistorySearch {
  readonly #history: Pick<History, 'search'>;
  readonly #tell: (found: Found) => void;
  #next: string | undefined;
  #running: Promise<void> | undefined;

  constructor(history: Pick<History, 'search'>, tell: (found: Found) => void) {
    this.#history = history;
    this.#tell = tell;
  }

  /** Settles when the newest query has been told. */
  ask(query: string): Promise<void> {
    this.#next = query;
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    for (let query = this.#take(); query !== undefined; query = this.#take()) this.#tell(await this.#find(query));
    this.#running = undefined;
  }

  #take(): string | undefined {
    const query = this.#next;
    this.#next = undefined;
    return query;
  }

  async #find(query: string): Promise<Found> {
    try {
      return { query, hits: await this.#history.search(query) };
    } catch (error) {
      return { query, hits: [], error: EndlessError.from(error).toReport() };
    }
  }
}
