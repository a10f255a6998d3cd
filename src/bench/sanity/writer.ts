import type { SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import type { KvCache } from '../../engine/cache/kv-cache.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';

/** What a model wrote, and whether it ended by itself. */
export interface Written {
  readonly text: string;
  readonly ended: boolean;
}

export interface WriteOptions {
  readonly sampling: SequenceEvaluateOptions;
  readonly mostTokens: number;
  /** Whether the text so far is all that was wanted. */
  readonly isEnough?: (text: string) => boolean;
}

/** Lets the model go on from the tokens, in a cache that is emptied for them: what it wrote before is not to lead it. */
export async function write(
  { model }: LoadedModel,
  cache: KvCache,
  prompt: readonly Token[],
  { sampling, mostTokens, isEnough = () => false }: WriteOptions,
): Promise<Written> {
  await cache.cut(cache.layout.used);
  if (cache.layout.segments.length === 0) cache.open({ kind: 'turn', turnId: 1, header: 0 });
  const said: Token[] = [];
  const text = (): string => model.detokenize(said);
  for await (const token of cache.generate(prompt, sampling)) {
    if (model.isEogToken(token)) return { text: text(), ended: true };
    said.push(token);
    if (said.length === mostTokens || isEnough(text())) break;
  }
  return { text: text(), ended: false };
}
