import { CATALOGUE, type CatalogueModel } from '../../shared/catalogue.ts';
import type { Fit, Machine, RankedModel } from '../../shared/ranked-models.ts';
import { cellsFor } from '../model/memory-plan.ts';
import { shiftFacts, shiftObstacle } from '../model/shift-capability.ts';
import { reserveOf } from '../model/weights.ts';
import { fitOf, type Needs } from './fit.ts';
import { sketchFile } from './sketch.ts';

/** Billions of parameters that a processor still passes tokens through at reading speed. */
const NIMBLE = 4.5;

/** What counts beside the quality, in its units. A cache that rolls is what Endless is for. */
const NOT_ROLLING = 4;
const OWN_TERMS = 1.5;
const COMPLETES_TOO = 0.5;

/**
 * Orders the catalogue for a machine: what fits well first, and there what answers best. A model whose cache cannot roll, or whose licence
 * has terms of its own, has to be better by that much; one that also completes may be worse.
 *
 * @param wishedWindow tokens, of which a model may allow fewer.
 */
export async function rankCatalogue(machine: Machine, wishedWindow: number): Promise<readonly RankedModel[]> {
  const assessed = await Promise.all(CATALOGUE.map(async (model) => ({ model, ranked: await assess(model, machine, wishedWindow) })));
  const byMerit = assessed.toSorted((one, other) => {
    const [first, second] = [one, other].map(({ model, ranked }) => ({
      place: placeOf(ranked.fit, model),
      merit: meritOf(model, ranked.rolls),
    }));
    if (!first || !second) return 0;
    return first.place - second.place || second.merit - first.merit || one.model.approximateBytes - other.model.approximateBytes;
  });
  return byMerit.map(({ ranked }) => ranked);
}

async function assess({ id, measures, approximateBytes }: CatalogueModel, machine: Machine, wishedWindow: number): Promise<RankedModel> {
  const { info, insights } = await sketchFile(measures);
  const window = Math.min(wishedWindow, measures.trainedContext);
  const context = async (gpuLayers: number): Promise<number> => {
    const { cpuRam, gpuVram } = await insights.estimateContextResourceRequirementsV2({
      contextSize: cellsFor(window + reserveOf(window, measures)),
      modelGpuLayers: gpuLayers,
      sequences: 1,
      flashAttention: gpuLayers > 0,
      swaFullCache: true,
    });
    return cpuRam + gpuVram;
  };
  const needs: Needs = {
    weights: approximateBytes,
    contextOnGpu: await context(insights.totalLayers),
    contextOnCpu: await context(0),
  };
  const fit = fitOf(needs, machine);
  return {
    id,
    fit,
    window,
    memoryBytes: needs.weights + (fit === 'cpu' ? needs.contextOnCpu : needs.contextOnGpu),
    rolls: shiftObstacle(shiftFacts(info, insights), window) === undefined,
  };
}

/** The lower, the sooner in the list. */
function placeOf(fit: Fit, { parameters, activeParameters = parameters }: CatalogueModel): number {
  if (fit === 'gpu') return 0;
  if (fit === 'tooLarge') return 3;
  return activeParameters <= NIMBLE ? 1 : 2;
}

function meritOf({ quality, licence, abilities }: CatalogueModel, rolls: boolean): number {
  return quality - (rolls ? 0 : NOT_ROLLING) - (licence.permissive ? 0 : OWN_TERMS) + (abilities.length > 1 ? COMPLETES_TOO : 0);
}
