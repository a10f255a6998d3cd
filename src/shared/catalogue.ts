/** Whether a model can be talked with, fill in between two texts (FIM), or both. */
export type Ability = 'chat' | 'completions';

/**
 * Licences by what they allow: `permissive` ones ask for no more than to be named (Apache-2.0, MIT); the others have terms of
 * their own, and the user is told their name.
 */
export interface Licence {
  readonly name: string;
  readonly permissive: boolean;
}

/** What the cache of a model takes, in the words of its file's metadata. */
export interface Measures {
  /** `general.architecture`. */
  readonly architecture: string;
  readonly layers: number;
  readonly embedding: number;
  readonly feedForward: number;
  readonly heads: number;
  readonly kvHeads: number;
  /** Of the key of one head, and of its value where that is another. */
  readonly keyLength: number;
  readonly valueLength?: number;
  readonly vocabulary: number;
  readonly trainedContext: number;
  /** Tokens that those layers see which do not see everything. */
  readonly slidingWindow?: number;
  /** Rank of a compressed cache (MLA). */
  readonly kvLoraRank?: number;
}

/** A model that can be downloaded. */
export interface CatalogueModel {
  readonly id: string;
  readonly name: string;
  /** As in `HubUriSchema`. */
  readonly uri: string;
  readonly abilities: readonly Ability[];
  /** Key of the sentence that says what it is good at. */
  readonly strength: Strength;
  /** How good its answers about code are, from 1 to 10: our judgement from published results, only for the order of the list. */
  readonly quality: number;
  readonly licence: Licence;
  /** Billions of parameters, and how many of them a token passes through where that is not all. */
  readonly parameters: number;
  readonly activeParameters?: number;
  readonly quantization: 'Q4_K_M' | 'Q8_0' | 'MXFP4';
  /** About: what counts is what the hub says. */
  readonly approximateBytes: number;
  readonly measures: Measures;
}

export const STRENGTHS = [
  'tinyCode',
  'smallCode',
  'code',
  'strongCode',
  'largeCode',
  'completions',
  'general',
  'thinking',
  'expertCode',
] as const;
export type Strength = (typeof STRENGTHS)[number];

const APACHE: Licence = { name: 'Apache-2.0', permissive: true };
const GB = 1e9;

const qwen2 = (layers: number, embedding: number, feedForward: number, heads: number, kvHeads: number, vocabulary: number): Measures => ({
  architecture: 'qwen2',
  layers,
  embedding,
  feedForward,
  heads,
  kvHeads,
  keyLength: embedding / heads,
  vocabulary,
  trainedContext: 32_768,
});

const qwen3 = (layers: number, embedding: number, feedForward: number, heads: number, trainedContext: number): Measures => ({
  architecture: 'qwen3',
  layers,
  embedding,
  feedForward,
  heads,
  kvHeads: 8,
  keyLength: 128,
  vocabulary: 151_936,
  trainedContext,
});

const CHAT: readonly Ability[] = ['chat'];
const BOTH: readonly Ability[] = ['chat', 'completions'];
const COMPLETIONS: readonly Ability[] = ['completions'];

/**
 * Models that are offered for download. All of it was written down from memory (docs/models.md): the list only proposes; what is true of a
 * model is read from its file when it is there.
 */
export const CATALOGUE: readonly CatalogueModel[] = [
  {
    id: 'qwen2.5-coder-0.5b',
    name: 'Qwen2.5 Coder 0.5B Instruct',
    uri: 'hf:bartowski/Qwen2.5-Coder-0.5B-Instruct-GGUF/Qwen2.5-Coder-0.5B-Instruct-Q8_0.gguf',
    abilities: BOTH,
    strength: 'tinyCode',
    quality: 1,
    licence: APACHE,
    parameters: 0.494,
    quantization: 'Q8_0',
    approximateBytes: 0.53 * GB,
    measures: qwen2(24, 896, 4_864, 14, 2, 151_936),
  },
  {
    id: 'qwen2.5-coder-1.5b',
    name: 'Qwen2.5 Coder 1.5B Instruct',
    uri: 'hf:bartowski/Qwen2.5-Coder-1.5B-Instruct-GGUF/Qwen2.5-Coder-1.5B-Instruct-Q4_K_M.gguf',
    abilities: BOTH,
    strength: 'smallCode',
    quality: 2,
    licence: APACHE,
    parameters: 1.54,
    quantization: 'Q4_K_M',
    approximateBytes: 0.99 * GB,
    measures: qwen2(28, 1_536, 8_960, 12, 2, 151_936),
  },
  {
    id: 'qwen2.5-coder-1.5b-base',
    name: 'Qwen2.5 Coder 1.5B',
    uri: 'hf:ggml-org/Qwen2.5-Coder-1.5B-Q8_0-GGUF/qwen2.5-coder-1.5b-q8_0.gguf',
    abilities: COMPLETIONS,
    strength: 'completions',
    quality: 2,
    licence: APACHE,
    parameters: 1.54,
    quantization: 'Q8_0',
    approximateBytes: 1.65 * GB,
    measures: qwen2(28, 1_536, 8_960, 12, 2, 151_936),
  },
  {
    id: 'qwen2.5-coder-3b',
    name: 'Qwen2.5 Coder 3B Instruct',
    uri: 'hf:bartowski/Qwen2.5-Coder-3B-Instruct-GGUF/Qwen2.5-Coder-3B-Instruct-Q4_K_M.gguf',
    abilities: BOTH,
    strength: 'smallCode',
    quality: 3,
    licence: { name: 'Qwen Research', permissive: false },
    parameters: 3.09,
    quantization: 'Q4_K_M',
    approximateBytes: 1.93 * GB,
    measures: qwen2(36, 2_048, 11_008, 16, 2, 151_936),
  },
  {
    id: 'llama-3.2-3b',
    name: 'Llama 3.2 3B Instruct',
    uri: 'hf:bartowski/Llama-3.2-3B-Instruct-GGUF/Llama-3.2-3B-Instruct-Q4_K_M.gguf',
    abilities: CHAT,
    strength: 'general',
    quality: 2,
    licence: { name: 'Llama 3.2 Community', permissive: false },
    parameters: 3.21,
    quantization: 'Q4_K_M',
    approximateBytes: 2.02 * GB,
    measures: {
      architecture: 'llama',
      layers: 28,
      embedding: 3_072,
      feedForward: 8_192,
      heads: 24,
      kvHeads: 8,
      keyLength: 128,
      vocabulary: 128_256,
      trainedContext: 131_072,
    },
  },
  {
    id: 'gemma-3-4b',
    name: 'Gemma 3 4B',
    uri: 'hf:ggml-org/gemma-3-4b-it-GGUF/gemma-3-4b-it-Q4_K_M.gguf',
    abilities: CHAT,
    strength: 'general',
    quality: 3,
    licence: { name: 'Gemma Terms of Use', permissive: false },
    parameters: 3.88,
    quantization: 'Q4_K_M',
    approximateBytes: 2.49 * GB,
    measures: {
      architecture: 'gemma3',
      layers: 34,
      embedding: 2_560,
      feedForward: 10_240,
      heads: 8,
      kvHeads: 4,
      keyLength: 256,
      vocabulary: 262_208,
      trainedContext: 131_072,
      slidingWindow: 1_024,
    },
  },
  {
    id: 'qwen3-4b-instruct-2507',
    name: 'Qwen3 4B Instruct 2507',
    uri: 'hf:unsloth/Qwen3-4B-Instruct-2507-GGUF/Qwen3-4B-Instruct-2507-Q4_K_M.gguf',
    abilities: CHAT,
    strength: 'general',
    quality: 4,
    licence: APACHE,
    parameters: 4.02,
    quantization: 'Q4_K_M',
    approximateBytes: 2.5 * GB,
    measures: qwen3(36, 2_560, 9_728, 32, 262_144),
  },
  {
    id: 'qwen2.5-coder-7b',
    name: 'Qwen2.5 Coder 7B Instruct',
    uri: 'hf:bartowski/Qwen2.5-Coder-7B-Instruct-GGUF/Qwen2.5-Coder-7B-Instruct-Q4_K_M.gguf',
    abilities: BOTH,
    strength: 'code',
    quality: 5,
    licence: APACHE,
    parameters: 7.62,
    quantization: 'Q4_K_M',
    approximateBytes: 4.68 * GB,
    measures: qwen2(28, 3_584, 18_944, 28, 4, 152_064),
  },
  {
    id: 'llama-3.1-8b',
    name: 'Llama 3.1 8B Instruct',
    uri: 'hf:bartowski/Meta-Llama-3.1-8B-Instruct-GGUF/Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf',
    abilities: CHAT,
    strength: 'general',
    quality: 3,
    licence: { name: 'Llama 3.1 Community', permissive: false },
    parameters: 8.03,
    quantization: 'Q4_K_M',
    approximateBytes: 4.92 * GB,
    measures: {
      architecture: 'llama',
      layers: 32,
      embedding: 4_096,
      feedForward: 14_336,
      heads: 32,
      kvHeads: 8,
      keyLength: 128,
      vocabulary: 128_256,
      trainedContext: 131_072,
    },
  },
  {
    id: 'qwen3-8b',
    name: 'Qwen3 8B',
    uri: 'hf:Qwen/Qwen3-8B-GGUF/Qwen3-8B-Q4_K_M.gguf',
    abilities: CHAT,
    strength: 'thinking',
    quality: 5,
    licence: APACHE,
    parameters: 8.19,
    quantization: 'Q4_K_M',
    approximateBytes: 5.03 * GB,
    measures: qwen3(36, 4_096, 12_288, 32, 40_960),
  },
  {
    id: 'gemma-3-12b',
    name: 'Gemma 3 12B',
    uri: 'hf:ggml-org/gemma-3-12b-it-GGUF/gemma-3-12b-it-Q4_K_M.gguf',
    abilities: CHAT,
    strength: 'general',
    quality: 5,
    licence: { name: 'Gemma Terms of Use', permissive: false },
    parameters: 11.8,
    quantization: 'Q4_K_M',
    approximateBytes: 7.3 * GB,
    measures: {
      architecture: 'gemma3',
      layers: 48,
      embedding: 3_840,
      feedForward: 15_360,
      heads: 16,
      kvHeads: 8,
      keyLength: 256,
      vocabulary: 262_208,
      trainedContext: 131_072,
      slidingWindow: 1_024,
    },
  },
  {
    id: 'qwen2.5-coder-14b',
    name: 'Qwen2.5 Coder 14B Instruct',
    uri: 'hf:bartowski/Qwen2.5-Coder-14B-Instruct-GGUF/Qwen2.5-Coder-14B-Instruct-Q4_K_M.gguf',
    abilities: BOTH,
    strength: 'strongCode',
    quality: 7,
    licence: APACHE,
    parameters: 14.8,
    quantization: 'Q4_K_M',
    approximateBytes: 8.99 * GB,
    measures: qwen2(48, 5_120, 13_824, 40, 8, 152_064),
  },
  {
    id: 'qwen3-14b',
    name: 'Qwen3 14B',
    uri: 'hf:Qwen/Qwen3-14B-GGUF/Qwen3-14B-Q4_K_M.gguf',
    abilities: CHAT,
    strength: 'thinking',
    quality: 6,
    licence: APACHE,
    parameters: 14.8,
    quantization: 'Q4_K_M',
    approximateBytes: 9 * GB,
    measures: qwen3(40, 5_120, 17_408, 40, 40_960),
  },
  {
    id: 'deepseek-coder-v2-lite',
    name: 'DeepSeek Coder V2 Lite Instruct',
    uri: 'hf:bartowski/DeepSeek-Coder-V2-Lite-Instruct-GGUF/DeepSeek-Coder-V2-Lite-Instruct-Q4_K_M.gguf',
    abilities: BOTH,
    strength: 'expertCode',
    quality: 6,
    licence: { name: 'DeepSeek License', permissive: false },
    parameters: 15.7,
    activeParameters: 2.4,
    quantization: 'Q4_K_M',
    approximateBytes: 10.36 * GB,
    measures: {
      architecture: 'deepseek2',
      layers: 27,
      embedding: 2_048,
      feedForward: 10_944,
      heads: 16,
      kvHeads: 16,
      keyLength: 192,
      valueLength: 128,
      kvLoraRank: 512,
      vocabulary: 102_400,
      trainedContext: 163_840,
    },
  },
  {
    id: 'gpt-oss-20b',
    name: 'gpt-oss 20B',
    uri: 'hf:ggml-org/gpt-oss-20b-GGUF/gpt-oss-20b-mxfp4.gguf',
    abilities: CHAT,
    strength: 'thinking',
    quality: 7,
    licence: APACHE,
    parameters: 20.9,
    activeParameters: 3.6,
    quantization: 'MXFP4',
    approximateBytes: 12.1 * GB,
    measures: {
      architecture: 'gpt-oss',
      layers: 24,
      embedding: 2_880,
      feedForward: 2_880,
      heads: 64,
      kvHeads: 8,
      keyLength: 64,
      vocabulary: 201_088,
      trainedContext: 131_072,
      slidingWindow: 128,
    },
  },
  {
    id: 'devstral-small-2507',
    name: 'Devstral Small 2507',
    uri: 'hf:mistralai/Devstral-Small-2507_gguf/Devstral-Small-2507-Q4_K_M.gguf',
    abilities: CHAT,
    strength: 'strongCode',
    quality: 8,
    licence: APACHE,
    parameters: 23.6,
    quantization: 'Q4_K_M',
    approximateBytes: 14.3 * GB,
    measures: {
      architecture: 'llama',
      layers: 40,
      embedding: 5_120,
      feedForward: 32_768,
      heads: 32,
      kvHeads: 8,
      keyLength: 128,
      vocabulary: 131_072,
      trainedContext: 131_072,
    },
  },
  {
    id: 'qwen3-coder-30b-a3b',
    name: 'Qwen3 Coder 30B A3B Instruct',
    uri: 'hf:unsloth/Qwen3-Coder-30B-A3B-Instruct-GGUF/Qwen3-Coder-30B-A3B-Instruct-Q4_K_M.gguf',
    abilities: BOTH,
    strength: 'expertCode',
    quality: 9,
    licence: APACHE,
    parameters: 30.5,
    activeParameters: 3.3,
    quantization: 'Q4_K_M',
    approximateBytes: 18.6 * GB,
    measures: {
      architecture: 'qwen3moe',
      layers: 48,
      embedding: 2_048,
      feedForward: 6_144,
      heads: 32,
      kvHeads: 4,
      keyLength: 128,
      vocabulary: 151_936,
      trainedContext: 262_144,
    },
  },
  {
    id: 'qwen2.5-coder-32b',
    name: 'Qwen2.5 Coder 32B Instruct',
    uri: 'hf:bartowski/Qwen2.5-Coder-32B-Instruct-GGUF/Qwen2.5-Coder-32B-Instruct-Q4_K_M.gguf',
    abilities: BOTH,
    strength: 'largeCode',
    quality: 9,
    licence: APACHE,
    parameters: 32.8,
    quantization: 'Q4_K_M',
    approximateBytes: 19.9 * GB,
    measures: qwen2(64, 5_120, 27_648, 40, 8, 152_064),
  },
];
