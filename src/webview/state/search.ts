import type { HostMessage } from '../../shared/view-messages.ts';

/** What the host has found for a query. */
export type Found = Omit<Extract<HostMessage, { type: 'found' }>, 'type'>;

/** The search in the history as the user left it; closing keeps it. */
export interface Search {
  readonly open: boolean;
  /** How many times it was asked for: each puts the cursor into its field. */
  readonly asked: number;
  readonly query: string;
  /** Of the query, or of one before while nothing is known of it yet; undefined before anything was found. */
  readonly found: Found | undefined;
}

export const NO_SEARCH: Search = { open: false, asked: 0, query: '', found: undefined };

export function opened(search: Search): Search {
  return { ...search, open: true, asked: search.asked + 1 };
}

/** An empty query finds nothing and asks nobody. */
export function withQuery(search: Search, query: string): Search {
  return { ...search, query, found: query.trim() === '' ? undefined : search.found };
}

/** What comes for a query that is no longer asked is of no use. */
export function withFound(search: Search, found: Found): Search {
  return found.query === search.query.trim() ? { ...search, found } : search;
}
