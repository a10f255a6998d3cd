import { ANSWER_CASES } from '../edits/answer-cases.ts';
import { verdictOn, type Verdict } from '../edits/case-outcome.ts';
import { defineBench, type Measurement } from '../program.ts';
import { check } from '../report.ts';

const VERDICTS: readonly Verdict[] = ['applied', 'refused', 'missed', 'wrong'];

/** Answers that the corpus has at least, so that its figures say something. */
const FEWEST_ANSWERS = 100;

/** What becomes of answers of models, good and bad, that are to change code. */
export const edits = defineBench({
  options: {},
  async measure(): Promise<Measurement> {
    const results = ANSWER_CASES.map((one) => ({ family: one.family, name: one.name, verdict: verdictOn(one) }));
    const count = (of: readonly { readonly verdict: Verdict }[], verdict: Verdict): number =>
      of.filter((one) => one.verdict === verdict).length;
    const [applied, missed] = [count(results, 'applied'), count(results, 'missed')];
    const families = Object.entries(Object.groupBy(results, ({ family }) => family)).map(([family, of = []]) => ({ family, of }));
    const row = (name: string, of: typeof results): readonly (string | number)[] => [
      name,
      of.length,
      ...VERDICTS.map((verdict) => count(of, verdict)),
    ];
    return {
      model: null,
      results,
      checks: [
        check('answers', results.length, '>=', FEWEST_ANSWERS),
        check('wrong edits', count(results, 'wrong'), '<=', 0),
        check('share of the edits that can be told from the answer that were applied', applied / (applied + missed), '>=', 1),
      ],
      tables: [
        {
          title: `What becomes of ${results.length} answers: ${Math.round((100 * applied) / results.length)} % are applied as they are meant`,
          columns: ['', 'answers', 'applied as meant', 'refused for a reason', 'refused without', 'wrong'],
          rows: [...families.map(({ family, of }) => row(family, of)), row('all', results)],
        },
      ],
    };
  },
});
