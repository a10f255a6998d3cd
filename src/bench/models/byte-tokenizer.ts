import { float32s, int32s, strings, uint32, type GgufMetadata } from './gguf-writer.ts';

/** The format's kinds of tokens. */
const NORMAL = 1;
const UNKNOWN = 2;
const CONTROL = 3;
const BYTE = 6;

interface VocabularyEntry {
  readonly text: string;
  readonly kind: number;
}

const CHAT_TEMPLATE = [
  `{% for message in messages %}`,
  `{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}`,
  `{% endfor %}`,
  `{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`,
].join('');

const SPECIAL: readonly VocabularyEntry[] = [
  { text: '<unk>', kind: UNKNOWN },
  { text: '<s>', kind: CONTROL },
  { text: '</s>', kind: CONTROL },
  { text: '<|im_start|>', kind: CONTROL },
  { text: '<|im_end|>', kind: CONTROL },
  { text: '<|fim_prefix|>', kind: CONTROL },
  { text: '<|fim_suffix|>', kind: CONTROL },
  { text: '<|fim_middle|>', kind: CONTROL },
];

/** The tokenizer writes a space in this way. */
const SPACE = '\u2581';

/** Tokens that the smallest vocabulary has: the special ones, a space, and one for each byte. */
export const SMALLEST_VOCABULARY = SPECIAL.length + 1 + 256;

/**
 * The metadata of a tokenizer for models without training: one token per byte of a text, words that only the model
 * can say to fill the vocabulary up, and conversations in ChatML.
 *
 * @param size tokens in the vocabulary, at least `SMALLEST_VOCABULARY`
 * @param addBos whether a text begins with the token for the beginning
 */
export function byteTokenizer(size: number, addBos: boolean): GgufMetadata {
  const vocabulary = entries(size);
  const idOf = (text: string): number => vocabulary.findIndex((entry) => entry.text === text);
  return {
    'tokenizer.ggml.model': 'llama',
    'tokenizer.ggml.tokens': strings(vocabulary.map(({ text }) => text)),
    'tokenizer.ggml.scores': float32s(vocabulary.map((_, id) => -id)),
    'tokenizer.ggml.token_type': int32s(vocabulary.map(({ kind }) => kind)),
    'tokenizer.ggml.unknown_token_id': uint32(idOf('<unk>')),
    'tokenizer.ggml.bos_token_id': uint32(idOf('<s>')),
    'tokenizer.ggml.eos_token_id': uint32(idOf('<|im_end|>')),
    'tokenizer.ggml.fim_pre_token_id': uint32(idOf('<|fim_prefix|>')),
    'tokenizer.ggml.fim_suf_token_id': uint32(idOf('<|fim_suffix|>')),
    'tokenizer.ggml.fim_mid_token_id': uint32(idOf('<|fim_middle|>')),
    'tokenizer.ggml.add_bos_token': addBos,
    'tokenizer.ggml.add_eos_token': false,
    'tokenizer.ggml.add_space_prefix': false,
    'tokenizer.chat_template': addBos ? `{{ bos_token }}${CHAT_TEMPLATE}` : CHAT_TEMPLATE,
  };
}

function entries(size: number): readonly VocabularyEntry[] {
  const bytes = Array.from({ length: 256 }, (_, byte) => ({
    text: `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
    kind: BYTE,
  }));
  const words = Array.from({ length: size - SMALLEST_VOCABULARY }, (_, index) => ({ text: SPACE + word(index), kind: NORMAL }));
  return [...SPECIAL, { text: SPACE, kind: NORMAL }, ...bytes, ...words];
}

const CONSONANTS = 'bdfghjklmnprstvz';
const VOWELS = 'aeiou';

/** A made-up word, another one for each number: its digits as syllables. */
function word(index: number): string {
  const syllables = CONSONANTS.length * VOWELS.length;
  const syllable = index % syllables;
  const rest = Math.floor(index / syllables);
  const text = `${CONSONANTS[syllable % CONSONANTS.length] ?? ''}${VOWELS[Math.floor(syllable / CONSONANTS.length)] ?? ''}`;
  return rest === 0 ? text : word(rest - 1) + text;
}
