import * as v from 'valibot';
import type { Database } from './database.ts';

const DayCountersSchema = v.object({ tokens: v.number(), evicted: v.number(), evictions: v.number(), rebuilds: v.number() });

/** Counters of one local day. */
export type DayCounters = Readonly<v.InferOutput<typeof DayCountersSchema>>;

/** What a conversation has come to, day by day. */
export class Days {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Adds to today's counters. */
  count({ tokens = 0, evicted = 0, evictions = 0, rebuilds = 0 }: Partial<DayCounters>): void {
    this.#database.run(
      `INSERT INTO days VALUES (?, ?, ?, ?, ?) ON CONFLICT (day) DO UPDATE SET tokens = tokens + excluded.tokens,
       evicted = evicted + excluded.evicted, evictions = evictions + excluded.evictions, rebuilds = rebuilds + excluded.rebuilds`,
      [today(), tokens, evicted, evictions, rebuilds],
    );
  }

  get today(): DayCounters {
    const row = this.#database.all('SELECT * FROM days WHERE day = ?', [today()])[0];
    return v.parse(DayCountersSchema, row ?? { tokens: 0, evicted: 0, evictions: 0, rebuilds: 0 });
  }
}

/** The local date, as `2026-11-21`. */
function today(): string {
  const now = new Date();
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(now.getFullYear())}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
