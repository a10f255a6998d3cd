import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transcript } from '../../engine/memory/transcript.ts';

/** Runs `work` with a transcript in a folder of its own, which is gone afterwards. */
export async function withTranscript<T>(work: (transcript: Transcript) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'endless-bench-'));
  const transcript = Transcript.open(folder, 'bench');
  try {
    return await work(transcript);
  } finally {
    transcript.close();
    rmSync(folder, { recursive: true });
  }
}

/** Writes down a turn that is over. @returns its id. */
export function write(transcript: Transcript, message: string, answer: string): number {
  const { id } = transcript.add(randomUUID(), message).turn;
  transcript.appendAnswer(id, answer);
  transcript.change(id, { state: 'done' });
  return id;
}
