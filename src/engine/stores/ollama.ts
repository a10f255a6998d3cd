import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { LocalModel } from '../../shared/ranked-models.ts';

const MODEL_LAYER = 'application/vnd.ollama.image.model';
const OFFICIAL = 'library';

/** What is read of a manifest: which blobs belong to a model. */
const ManifestSchema = v.object({
  layers: v.array(v.object({ mediaType: v.string(), digest: v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/)) })),
});

/**
 * Reads Ollama's store: `manifests/REGISTRY/NAMESPACE/MODEL/TAG` names the blobs of a model by their digests, and one of them, in
 * `blobs`, is a GGUF file.
 */
export async function findOllamaModels(root: string): Promise<readonly LocalModel[]> {
  const models: LocalModel[] = [];
  for (const manifest of await manifestsIn(join(root, 'manifests'))) {
    const blob = await modelBlob(join(root, 'manifests', ...manifest));
    const path = blob === undefined ? undefined : join(root, 'blobs', blob);
    const stats = path === undefined ? undefined : await stat(path).catch(() => undefined);
    if (path !== undefined && stats?.isFile()) models.push({ path, name: nameOf(manifest), bytes: stats.size, store: 'ollama' });
  }
  return models;
}

/** Registry, namespace, model and tag of each. */
async function manifestsIn(folder: string): Promise<readonly (readonly string[])[]> {
  let paths: readonly (readonly string[])[] = [[]];
  for (let level = 0; level < 4; level += 1) {
    const below = await Promise.all(
      paths.map(async (path) => (await readdir(join(folder, ...path)).catch(() => [])).toSorted().map((name) => [...path, name])),
    );
    paths = below.flat();
  }
  return paths;
}

async function modelBlob(manifest: string): Promise<string | undefined> {
  const text = await readFile(manifest, 'utf8').catch(() => '');
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), ManifestSchema), text);
  if (!parsed.success) return undefined;
  return parsed.output.layers.find(({ mediaType }) => mediaType === MODEL_LAYER)?.digest.replace(':', '-');
}

function nameOf([, namespace, model = '', tag = '']: readonly string[]): string {
  return `${namespace === OFFICIAL || namespace === undefined ? '' : `${namespace}/`}${model}:${tag}`;
}
