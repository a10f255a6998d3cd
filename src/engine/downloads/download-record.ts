import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { storageError } from '../../link/storage-error.ts';
import { HubUriSchema, PURPOSES } from '../../shared/downloads.ts';
import { ErrorReportSchema } from '../../shared/error-report.ts';

/** What outlives the engine of a download: what it is of, and how it stood. Nothing of how the hub is reached. */
const DownloadRecordSchema = v.object({
  uri: HubUriSchema,
  name: v.string(),
  purpose: v.picklist(PURPOSES),
  choice: v.string(),
  /** What was wanted of it last, or what became of it. */
  state: v.picklist(['wanted', 'stopped', 'failed', 'done']),
  error: v.optional(ErrorReportSchema),
  /** What was said of the file that there is a part of. */
  facts: v.object({ sha256: v.optional(v.string()), bytes: v.optional(v.number()), etag: v.optional(v.string()) }),
});
export type DownloadRecord = Readonly<v.InferOutput<typeof DownloadRecordSchema>>;

/** Nothing where it is not there or cannot be read: what it is of is then loaded anew. */
export async function readRecord(path: string): Promise<DownloadRecord | undefined> {
  try {
    const parsed = v.safeParse(DownloadRecordSchema, JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** Writes it whole or not at all. @throws EndlessError why it cannot be written. */
export async function writeRecord(path: string, record: DownloadRecord): Promise<void> {
  const partial = `${path}.new`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(partial, JSON.stringify(record), { mode: 0o600 });
    await rename(partial, path);
  } catch (error) {
    throw storageError(error, dirname(path));
  }
}

export async function removeRecord(path: string): Promise<void> {
  await rm(path, { force: true });
}
