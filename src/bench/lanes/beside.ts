import type { LlamaModel, Token } from 'node-llama-cpp';
import type { KvCache } from '../../engine/cache/kv-cache.ts';
import type { Dialogue } from '../../engine/conversation/dialogue.ts';
import type { Sampling } from '../../engine/conversation/sampling.ts';

/** What a request beside a conversation took and gave. */
export interface BesideAnswer {
  readonly text: string;
  readonly promptTokens: number;
  readonly answerTokens: number;
  /** From the first token of the answer to its last, for each. */
  readonly msPerToken: number;
}

/** What the model says to a request of its own accord. */
export async function answerBeside(dialogue: Dialogue, message: string, sampling: Sampling): Promise<BesideAnswer> {
  const pieces = dialogue.aside(message, { sampling, signal: new AbortController().signal });
  let [text, firstAt] = ['', 0];
  for (;;) {
    const piece = await pieces.next();
    if (piece.done) {
      const { messageTokens: promptTokens, answerTokens } = piece.value;
      return { text, promptTokens, answerTokens, msPerToken: (performance.now() - firstAt) / (answerTokens - 1) };
    }
    firstAt ||= performance.now();
    text += piece.value;
  }
}

/** The same when the model has to repeat a part of the request, as it does where an edit changes little. */
export async function repeatBeside(cache: KvCache, model: LlamaModel, message: string, part: string): Promise<BesideAnswer> {
  const prompt = model.tokenize(`${message}\n`);
  const grammar = await model.llama.createGrammar({ grammar: `root ::= ${JSON.stringify(part)}` });
  const { LlamaGrammarEvaluationState } = await import('node-llama-cpp');
  const sampling = { temperature: 0, grammarEvaluationState: new LlamaGrammarEvaluationState({ model, grammar }) };
  const most = cache.roomBeside - prompt.length;
  const said: Token[] = [];
  let firstAt = 0;
  for await (const token of cache.aside(prompt, most, sampling)) {
    if (model.isEogToken(token)) break;
    firstAt ||= performance.now();
    said.push(token);
  }
  const msPerToken = (performance.now() - firstAt) / said.length;
  return { text: model.detokenize(said), promptTokens: prompt.length, answerTokens: said.length, msPerToken };
}
