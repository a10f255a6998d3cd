import type { SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import type { Decoder, PrefillOptions } from './decoder.ts';

/**
 * Goes on with `tokens` and what the model says to them behind all that is in the native cache, and cuts it off again when the
 * consumer stops asking.
 *
 * @param most tokens that will be asked for; there must be cells for them and for `tokens`.
 * @throws the signal's reason between two slices.
 */
export async function* decodeBeside(
  decoder: Decoder,
  tokens: readonly Token[],
  most: number,
  sampling: SequenceEvaluateOptions,
  options: PrefillOptions,
): AsyncGenerator<Token, void, undefined> {
  const { cells: used } = decoder;
  const lastSlice = decoder.sliceOf(tokens.length);
  try {
    // What is said beside a conversation is mostly what was asked, with changes. Only the likeliest token is what it is,
    // whether it is drawn alone or with others.
    if (sampling.temperature === 0 && !sampling.repeatPenalty) decoder.expectAgain(tokens);
    await decoder.prefill(tokens.slice(0, -lastSlice), options);
    await decoder.takeTurn(options.signal);
    options.signal?.throwIfAborted();
    const stream = decoder.draw(tokens.slice(-lastSlice), sampling);
    try {
      for (let said = 0; said < most; said++) {
        const { value, done } = await stream.next();
        if (done) return;
        yield value;
        await decoder.takeTurn(options.signal);
        if (options.signal?.aborted) return;
      }
    } finally {
      await stream.return();
    }
  } finally {
    decoder.expectAgain([]);
    if (decoder.cells > used) await decoder.erase([{ start: used, end: decoder.cells }]);
  }
}
