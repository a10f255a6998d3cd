import { Template } from '@huggingface/jinja';
import { describe, expect, it } from 'vitest';
import { readChatFormat } from '../../../src/engine/conversation/chat-format.ts';

/** Templates of the forms that models really use, written for these tests. */
const TEMPLATES: Readonly<Record<string, string>> = {
  'ChatML (Qwen and many others)': `{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`,
  'Llama 3 (trims, begins with BOS)': `{{ bos_token }}{% for m in messages %}{{ '<|start_header_id|>' + m.role + '<|end_header_id|>\\n\\n' + m.content | trim + '<|eot_id|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}`,
  'Gemma (refuses a system role)': `{{ bos_token }}{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}{% for m in messages %}{{ '<start_of_turn>' + ('model' if m.role == 'assistant' else m.role) + '\\n' + m.content | trim + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}`,
  'Llama 2 (system prompt inside the first message)': `{% if messages[0].role == 'system' %}{% set system = '<<SYS>>\\n' + messages[0].content + '\\n<</SYS>>\\n\\n' %}{% set rest = messages[1:] %}{% else %}{% set system = '' %}{% set rest = messages %}{% endif %}{% for m in rest %}{% if m.role == 'user' %}{{ bos_token + '[INST] ' + (system if loop.first else '') + m.content | trim + ' [/INST]' }}{% else %}{{ ' ' + m.content | trim + ' ' + eos_token }}{% endif %}{% endfor %}`,
  'Zephyr (end token after every message)': `{% for m in messages %}{{ '<|' + m.role + '|>\\n' + m.content + eos_token + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}`,
};

const special = { bos: '<s>', eos: '</s>' };
const system = 'You are brief.';
const dialogue = [
  ['Hello there', 'Hello.'],
  ['What is a sink?', 'A place for surplus attention.'],
  ['And `<|im_end|>`?', 'Text.'],
] as const;

function rendered(source: string, withSystem: boolean, asked: string): string {
  const messages = dialogue.flatMap(([user, assistant]) => [
    { role: 'user', content: user },
    { role: 'assistant', content: assistant },
  ]);
  return new Template(source).render({
    messages: [...(withSystem ? [{ role: 'system', content: system }] : []), ...messages, { role: 'user', content: asked }],
    add_generation_prompt: true,
    bos_token: special.bos,
    eos_token: special.eos,
  });
}

function appended(source: string, withSystem: boolean, asked: string): string {
  const format = readChatFormat(source, special);
  const head = withSystem ? format.beforeSystem + system + format.afterSystem : format.bareHead;
  const openings = [withSystem ? format.firstOpening : format.opening, ...dialogue.map(() => format.opening)];
  const turns = dialogue.map(
    ([user, assistant], at) => `${openings[at] ?? ''}${user}${format.beforePastAnswer}${assistant}${format.close}`,
  );
  return `${head}${turns.join('')}${openings.at(-1) ?? ''}${asked}${format.beforeAnswer}`;
}

describe('a conversation appended turn by turn', () => {
  it.each(Object.entries(TEMPLATES))('equals the template rendered over the whole of it: %s', (_name, source) => {
    expect(appended(source, false, 'Why?')).toBe(rendered(source, false, 'Why?'));
  });

  const withSystemRole = Object.entries(TEMPLATES).filter(([name]) => !name.startsWith('Gemma'));
  it.each(withSystemRole)('does so with a system prompt too: %s', (_name, source) => {
    expect(appended(source, true, 'Why?')).toBe(rendered(source, true, 'Why?'));
  });
});

describe('reading a template', () => {
  it('puts the system prompt at the head of the first message where there is no role for it', () => {
    const format = readChatFormat(TEMPLATES['Gemma (refuses a system role)']!, special);
    expect(`${format.beforeSystem}${system}${format.afterSystem}${format.firstOpening}Hello`).toBe(
      '<s><start_of_turn>user\nYou are brief.\n\nHello',
    );
  });

  it('notices that white space around messages is stripped', () => {
    expect(readChatFormat(TEMPLATES['Llama 3 (trims, begins with BOS)']!, special).trims).toBe(true);
    expect(readChatFormat(TEMPLATES['ChatML (Qwen and many others)']!, special).trims).toBe(false);
  });

  it('tells apart how a new answer and a past one open', () => {
    const thinking = `{% for m in messages %}<{{ m.role }}>{{ m.content }}</{{ m.role }}>{% endfor %}{% if add_generation_prompt %}<assistant><think>{% endif %}`;
    const format = readChatFormat(thinking, special);
    expect(format.beforeAnswer).toBe('</user><assistant><think>');
    expect(format.beforePastAnswer).toBe('</user><assistant>');
  });

  it.each([
    ['a template that leaves messages out', 'Hello'],
    ['a template with a mistake in it', '{% for m in messages %}'],
  ])('refuses %s', (_what, source) => {
    expect(() => readChatFormat(source, special)).toThrow(expect.objectContaining({ code: 'no-chat-template' }));
  });
});
