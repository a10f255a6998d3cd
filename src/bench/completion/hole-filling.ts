import { dirname, join } from 'node:path/posix';
import type { CompletionPlace, Passage } from '../../shared/protocol/completion.ts';
import { ownFiles, type SourceFile } from '../corpus/corpus.ts';
import { holesIn } from '../corpus/holes.ts';
import { stopwatch } from '../stopwatch.ts';
import { editSimilarity } from './edit-similarity.ts';
import type { EndlessArm } from './endless-arm.ts';

/** The end of a line, and what was suggested for it. */
export interface FilledHole {
  /** Whether the model was shown the beginnings of the files that this one imports. */
  readonly passages: boolean;
  readonly path: string;
  readonly missing: string;
  /** First line of what was suggested; empty when nothing was. */
  readonly said: string;
  readonly exact: boolean;
  readonly similarity: number;
  readonly ms: number;
}

/** A place with the end of its line missing, in a file with some others that it imports. */
interface OpenHole {
  readonly place: CompletionPlace;
  readonly missing: string;
  readonly imported: readonly Passage[];
}

/** Most files that somebody has looked into before, and lines of each. */
const MOST_IMPORTS = 4;
const IMPORTED_LINES = 30;
/** A file with something to say. */
const SHORTEST_FILE = 20;

/** Holes in the sources of this repository, which the bundled model was not trained on, one or more to a file. */
export function openHoles(count: number): readonly OpenHole[] {
  const files = ownFiles().filter(({ text }) => text.split('\n').length >= SHORTEST_FILE);
  const texts = new Map(ownFiles().map(({ path, text }) => [path, text]));
  const perFile = Math.ceil(count / files.length);
  const all = files.flatMap((file) => {
    const imported = importsOf(file, texts);
    return holesIn(file.text, perFile).map(({ prefix, typed, missing, suffix }) => ({
      place: { repository: 'endless', path: file.path, before: prefix + typed, after: suffix, explicit: false },
      missing,
      imported,
    }));
  });
  return Array.from({ length: Math.min(count, all.length) }, (_, n) => all[Math.floor((n * all.length) / count)]).filter(
    (hole) => hole !== undefined,
  );
}

/** Fills holes as the product does: what stands around them, and passages, are read before, when nobody types. */
export async function fillHoles(arm: EndlessArm, holes: readonly OpenHole[], passages: boolean): Promise<readonly FilledHole[]> {
  const filled: FilledHole[] = [];
  for (const { place, missing, imported } of holes) {
    await arm.show(place, passages ? imported : []);
    const elapsed = stopwatch();
    const { text } = await arm.complete(place);
    const { ms } = elapsed();
    const said = text.split('\n')[0] ?? '';
    const exact = said.trimEnd() === missing.trimEnd();
    filled.push({ passages, path: place.path, missing, said, exact, similarity: editSimilarity(said, missing), ms });
  }
  return filled;
}

const IMPORT = /from '(\.[^']+)'/g;

function importsOf({ path, text }: SourceFile, texts: ReadonlyMap<string, string>): readonly Passage[] {
  const paths = [...text.matchAll(IMPORT)].map(([, target = '']) => join(dirname(path), target));
  return paths.slice(0, MOST_IMPORTS).flatMap((imported) => {
    const found = texts.get(imported);
    return found === undefined ? [] : [{ path: imported, text: found.split('\n').slice(0, IMPORTED_LINES).join('\n') }];
  });
}
