import type { Operation } from '../../../src/bench/oracle/operations.ts';
import { openModel } from '../../../src/bench/open-model.ts';
import type { OracleQuestion } from '../../../src/bench/oracle/oracle.ts';
import { ROLLINGS } from '../../../src/bench/oracle/model-cases.ts';
import type { Architecture } from '../../../src/bench/zoo/architecture.ts';
import { ARCHITECTURES, type ArchitectureName } from '../../../src/bench/zoo/architectures.ts';
import { writeZooModel, type ZooModel } from '../../../src/bench/zoo/zoo.ts';
import type { LoadedModel } from '../../../src/engine/model/loaded-model.ts';

const architectures = Object.entries(ARCHITECTURES) as [ArchitectureName, Architecture][];

/** The architectures whose cache can roll. */
export const ABLE = architectures.filter(([, { obstacle }]) => obstacle === undefined).map(([name]) => name);

/** Those whose cache cannot, and why. */
export const UNABLE = architectures.flatMap(([name, { obstacle }]) => (obstacle ? [{ name, obstacle }] : []));

export async function loadZooModel(name: ZooModel['name'], { layers = 1, bos = true } = {}): Promise<LoadedModel> {
  const path = await writeZooModel({ name, layers, bos });
  return (await openModel({ path, window: 255, threads: 1, gpu: 'off' })).loaded;
}

/** The rolling cache as it is; tests change a part of it. */
export function questionTo({ model }: LoadedModel): Omit<OracleQuestion, 'operations'> {
  return { model, threads: 1, rolling: ROLLINGS[0]! };
}

/** The divergence that rounding explains. */
export const EXACT = 1e-5;

/** A divergence that nothing but a fault explains. */
export const WRONG = 10 * EXACT;

/** Leaves so few keys that each of them counts. */
export const FEW_LEFT: readonly Operation[] = [
  { kind: 'append', tokens: 6 },
  { kind: 'append', tokens: 14 },
  { kind: 'forget', turn: 0 },
];

/** Fills the cache, and the last one makes a turn leave it. */
export const ONE_EVICTION: readonly Operation[] = [
  { kind: 'append', tokens: 30 },
  { kind: 'append', tokens: 50 },
  { kind: 'append', tokens: 20 },
];
