import { EndlessError } from '../../shared/errors.ts';
import type { ModelFile } from './model-file.ts';
import { nativeLibrary } from './native-library.ts';

/**
 * What the library throws while something large is made, as what the user can do something about.
 *
 * @param complaint why llama.cpp could not load the model, in its own words.
 */
export async function loadError(error: unknown, file: Pick<ModelFile, 'path' | 'fileBytes'>, complaint = ''): Promise<EndlessError> {
  if (error instanceof EndlessError) return error;
  const { path, fileBytes: bytes } = file;
  const { InsufficientMemoryError } = await nativeLibrary();
  if (error instanceof InsufficientMemoryError) return new EndlessError('out-of-memory', { path, bytes }, error);
  const tensor = /tensor '([^']+)'/.exec(complaint)?.[1];
  if (tensor !== undefined) return new EndlessError('model-damaged', { path, tensor }, complaint);
  if (complaint.startsWith('error loading model vocabulary')) return new EndlessError('model-no-vocabulary', { path }, complaint);
  return new EndlessError('model-load-failed', { path, bytes }, complaint || error);
}
