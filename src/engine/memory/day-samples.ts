import * as v from 'valibot';
import { SampleSchema, type Sample } from '../../shared/protocol/sample.ts';
import type { Database, Row } from './database.ts';

/** How long a sample is kept, in milliseconds. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** Figures and nothing that was said: so they stay when the conversation is cleared. */
export const SAMPLE_TABLE = `
  CREATE TABLE samples (
    at                       INTEGER NOT NULL,
    turn_id                  INTEGER NOT NULL,
    tokens_per_second        REAL NOT NULL,
    first_token_ms           REAL NOT NULL,
    prompt_tokens_per_second REAL NOT NULL,
    process_bytes            INTEGER NOT NULL,
    gpu_bytes                INTEGER,
    perplexity               REAL
  ) STRICT;
  CREATE INDEX samples_by_time ON samples (at);
`;

/** What was measured at the end of each answer, for a week. */
export class DaySamples {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Writes a sample down, and removes those that are too old. */
  add({ at, turnId, tokensPerSecond, firstTokenMs, promptTokensPerSecond, processBytes, gpuBytes, perplexity }: Sample): void {
    const speeds = [tokensPerSecond, firstTokenMs, promptTokensPerSecond];
    this.#database.atOnce(() => {
      this.#database.run('DELETE FROM samples WHERE at < ?', [at - KEPT_MS]);
      this.#database.run('INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?)', [
        at,
        turnId,
        ...speeds,
        processBytes,
        gpuBytes ?? null,
        perplexity ?? null,
      ]);
    });
  }

  /** Oldest first. */
  since(at: number): Sample[] {
    return this.#database.all('SELECT * FROM samples WHERE at >= ? ORDER BY at', [at]).map(toSample);
  }
}

function toSample(row: Row): Sample {
  return v.parse(SampleSchema, {
    at: row['at'],
    turnId: row['turn_id'],
    tokensPerSecond: row['tokens_per_second'],
    firstTokenMs: row['first_token_ms'],
    promptTokensPerSecond: row['prompt_tokens_per_second'],
    processBytes: row['process_bytes'],
    gpuBytes: row['gpu_bytes'] ?? undefined,
    perplexity: row['perplexity'] ?? undefined,
  });
}
