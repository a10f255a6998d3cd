import type { GgufFileInfo, GgufInsights } from 'node-llama-cpp';
import type { Measures } from '../../shared/catalogue.ts';
import { nativeLibrary } from '../model/native-library.ts';

/** What a file's metadata would say of these measures, by the keys of GGUF. */
function metadataOf(measures: Measures): Readonly<Record<string, unknown>> {
  return {
    context_length: measures.trainedContext,
    embedding_length: measures.embedding,
    feed_forward_length: measures.feedForward,
    block_count: measures.layers,
    vocab_size: measures.vocabulary,
    attention: {
      head_count: measures.heads,
      head_count_kv: measures.kvHeads,
      key_length: measures.keyLength,
      value_length: measures.valueLength ?? measures.keyLength,
      ...(measures.slidingWindow !== undefined && { sliding_window: measures.slidingWindow }),
      ...(measures.kvLoraRank !== undefined && { kv_lora_rank: measures.kvLoraRank }),
    },
  };
}

/** A file of which there is no more than the measures, for whoever asks nothing else of one. */
export interface FileSketch {
  readonly info: GgufFileInfo;
  readonly insights: GgufInsights;
}

/** Lets the library estimate what a model takes that nobody has downloaded yet. */
export async function sketchFile(measures: Measures): Promise<FileSketch> {
  const { GgufInsights } = await nativeLibrary();
  const architectureMetadata = metadataOf(measures);
  const info = {
    version: 3,
    tensorCount: 0,
    metadata: { general: { architecture: measures.architecture }, [measures.architecture]: architectureMetadata },
    metadataSize: 0,
    architectureMetadata,
    splicedParts: 1,
    totalTensorCount: 0,
    totalMetadataSize: 0,
    sourceData: [],
  } as unknown as GgufFileInfo;
  return { info, insights: await GgufInsights.from(info) };
}
