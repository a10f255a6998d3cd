import type { SQLInputValue } from 'node:sqlite';
import * as v from 'valibot';
import { TurnSchema, type Turn } from '../../shared/protocol/turn.ts';
import type { Row } from './database.ts';

/** What of a turn can become another after it was written down, but for its texts. */
export type TurnChange = Partial<Pick<Turn, 'state' | 'finish' | 'error' | 'stats' | 'recall' | 'pinned'>>;

/** What of a turn is written as JSON or as it is, under its own name. */
type TurnColumns = TurnChange & Partial<Pick<Turn, 'attachments'>>;

/** The columns of a turn that have a value, and what is written there. */
export function toColumns(columns: TurnColumns): readonly (readonly [string, SQLInputValue])[] {
  return Object.entries(columns).flatMap(([name, value]) => (value === undefined ? [] : [[name, toValue(value)] as const]));
}

function toValue(value: string | boolean | object): SQLInputValue {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function toTurn(row: Row): Turn {
  return v.parse(TurnSchema, {
    id: row['id'],
    createdAt: row['created_at'],
    section: row['section'],
    state: row['state'],
    message: row['message'],
    attachments: parseJson(row['attachments']),
    thoughts: row['thoughts'] || undefined,
    answer: row['answer'],
    pinned: row['pinned'] === 1 ? true : undefined,
    finish: row['finish'] ?? undefined,
    error: parseJson(row['error']),
    stats: parseJson(row['stats']),
    recall: parseJson(row['recall']),
  });
}

function parseJson(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : undefined;
}
