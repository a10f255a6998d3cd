import { EndlessError } from '../../shared/errors.ts';
import type { ModelFile } from './model-file.ts';
import { nativeLibrary } from './native-library.ts';

/** What the library throws while something large is made, as what the user can do something about. */
export async function loadError(error: unknown, file: Pick<ModelFile, 'path' | 'fileBytes'>): Promise<EndlessError> {
  if (error instanceof EndlessError) return error;
  const { InsufficientMemoryError } = await nativeLibrary();
  return new EndlessError(
    error instanceof InsufficientMemoryError ? 'out-of-memory' : 'model-load-failed',
    { path: file.path, bytes: file.fileBytes },
    error,
  );
}
