import { rankCatalogue } from '../src/engine/catalogue/ranking.ts';
import { CATALOGUE, type CatalogueModel } from '../src/shared/catalogue.ts';
import type { Machine, RankedModel } from '../src/shared/ranked-models.ts';

/** Tokens of a conversation for which the memory is told. */
const WINDOWS = [4_096, 8_192, 32_768] as const;

/** One on which every model of the catalogue has room. */
const LARGE_MACHINE: Machine = { backend: 'cuda', devices: ['GPU'], vramBytes: 1e12, ramBytes: 1e12, isUnified: false };

/** The page of the catalogue (`docs/catalogue.md`), with what the engine's own estimates say. */
export async function cataloguePage(): Promise<string> {
  const ranked = await Promise.all(WINDOWS.map((window) => rankCatalogue(LARGE_MACHINE, window)));
  const rows = CATALOGUE.toSorted((one, other) => one.approximateBytes - other.approximateBytes).map((model) =>
    rowOf(
      model,
      ranked.map((models) => models.find(({ id }) => id === model.id)),
    ),
  );
  return `# The catalogue

What *Endless: Choose a Model* offers to download; where the figures are from, and how the list is ordered, stands in [models.md](models.md).
Memory is that of the weights and of the context on a GPU, in gigabytes, for a window of so many tokens and the quarter that is allocated
besides; *rolls* says whether the cache can evict without computing anything again.

| model | parameters | file | licence | chat | completions | rolls | ${WINDOWS.map((window) => window.toLocaleString('en')).join(' | ')} |
| --- | --: | --: | --- | --- | --- | --- | ${WINDOWS.map(() => '--:').join(' | ')} |
${rows.join('\n')}

<!-- Written by \`vitest run --project engine test/engine/catalogue/catalogue-page.test.ts -u\`. -->
`;
}

function rowOf(
  { name, parameters, activeParameters, approximateBytes, licence, abilities }: CatalogueModel,
  ranked: readonly (RankedModel | undefined)[],
): string {
  const cells = [
    name,
    `${parameters} B${activeParameters === undefined ? '' : `, ${activeParameters} B active`}`,
    `${gigabytes(approximateBytes)} GB`,
    licence.name,
    mark(abilities.includes('chat')),
    mark(abilities.includes('completions')),
    mark(ranked.every((model) => model?.rolls === true)),
    // No larger window than the model was trained for is opened.
    ...ranked.map((model, at) => (model && model.window === WINDOWS[at] ? gigabytes(model.memoryBytes) : '–')),
  ];
  return `| ${cells.join(' | ')} |`;
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}

function mark(holds: boolean): string {
  return holds ? 'yes' : 'no';
}
