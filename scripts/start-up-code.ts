import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A static import of another bundle, as esbuild writes it. Dynamic ones are loaded by what needs them. */
const STATIC_IMPORT = /(?:\bfrom|\bimport) ?"(\.[^"]+)"/g;

/**
 * How much code an ES module brings along when it is loaded, in bytes: itself and what it imports statically.
 *
 * @param entry path of the bundle.
 */
export function startUpBytes(entry: string): number {
  const texts = new Map<string, string>();
  const load = (path: string): void => {
    if (texts.has(path)) return;
    const text = readFileSync(path, 'utf8');
    texts.set(path, text);
    for (const [, imported = ''] of text.matchAll(STATIC_IMPORT)) load(join(dirname(path), imported));
  };
  load(entry);
  return [...texts.values()].reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
}
