import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { readCorpus } from '../corpus/corpus.ts';
import { describeModel, loadForBench, MODEL_OPTIONS } from '../loaded-model.ts';
import { UsageError } from '../options.ts';
import { defineBench, type Measurement } from '../program.ts';
import { soakCharts, soakChecks, soakResults, soakTable } from '../soak/results.ts';
import { soak as run, type SoakPlan } from '../soak/run.ts';
import { passagesOf, tenthOf } from '../soak/schedule.ts';
import { readState, TENTHS, writeState } from '../soak/state.ts';

const SYSTEM_PROMPT = 'You are Endless, a coding assistant that runs on this machine.';

/** A message is this part of the window, so that every turn or two something leaves. */
const MESSAGE_PART = 3 / 8;

/** Longest answer as a part of its message: what is generated must hardly count among what is scored. */
const ANSWER_PART = 0.02;

/** Windows that a pass through the text must fill, so that most of it is read through a rolling cache. */
const FEWEST_WINDOWS = 20;

/** A conversation without end, compared with itself by tenths. */
export const soak = defineBench({
  options: {
    ...MODEL_OPTIONS,
    tokens: { default: 4_000_000, minimum: 1, help: 'tokens of the conversation' },
    text: { default: '', help: 'text file that is said; without it, the sources of this repository' },
    state: { default: '', help: 'file that keeps the state of a run, so that it can go on after it was interrupted' },
    checkpoint: { default: 100_000, minimum: 1, help: 'tokens between two writes of the state' },
  },
  async measure(parameters, progress): Promise<Measurement> {
    const loaded = await loadForBench(parameters);
    try {
      const corpus = readCorpus(parameters.text);
      const plan = planOf(loaded, corpus.text, parameters.tokens);
      const { tokens, state: path } = parameters;
      const identity = JSON.stringify({ model: loaded.fingerprint, window: loaded.facts.window, tokens, corpus: corpus.sha256 });
      let state = readState(path, identity);
      const streamed = (): number => state.tenths.reduce((sum, tenth) => sum + tenth.tokens, 0);
      let written = streamed();
      for await (state of run(loaded, plan, state)) {
        if (streamed() < written + parameters.checkpoint && state.turns < plan.turns) continue;
        written = streamed();
        writeState(path, state);
        progress(`${written} tokens, ${state.turns} of ${plan.turns} turns`);
      }
      const results = soakResults(state);
      return {
        model: describeModel(loaded.facts, loaded.fingerprint),
        results: results.map((result) => ({ ...result, corpus: corpus.name, corpusSha256: corpus.sha256 })),
        checks: soakChecks(state, plan, tokens),
        tables: [soakTable(results)],
        charts: soakCharts(results),
      };
    } finally {
      await loaded.dispose();
    }
  },
});

/** @throws UsageError when the text or the run is too short to compare anything. */
function planOf(loaded: LoadedModel, text: string, tokens: number): SoakPlan {
  const { chat, facts, model } = loaded;
  const size = Math.ceil(facts.window * MESSAGE_PART);
  const maxAnswerTokens = Math.max(1, Math.floor(size * ANSWER_PART));
  const passages = passagesOf(text, size, facts.window / 2, (passage) => model.tokenize(passage, false, 'trimLeadingSpace').length);
  const tokensOf = (passage: string): number => chat.message(passage, 'afterTurn').tokens.length + chat.close.length;
  const needed = FEWEST_WINDOWS * facts.window;
  const said = passages.reduce((sum, passage) => sum + tokensOf(passage), 0);
  if (said < needed) throw new UsageError(`The text has ${said} tokens in passages; ${needed} are needed (${FEWEST_WINDOWS} windows).`);
  if (tokens / TENTHS < needed) throw new UsageError(`--tokens must be at least ${TENTHS * needed} with this window.`);
  const messages = tenthOf(passages, tokens / TENTHS, tokensOf);
  return { systemPrompt: SYSTEM_PROMPT, messages, maxAnswerTokens, turns: TENTHS * messages.length };
}
