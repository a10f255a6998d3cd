import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, STRENGTHS } from '../../../src/shared/catalogue.ts';
import { HubUriSchema } from '../../../src/shared/downloads.ts';

const PERMISSIVE = ['Apache-2.0', 'MIT'];

/** Bits for each parameter, in files as they are made; what is left at more bits is more in small models. */
const BITS = { Q4_K_M: [4.6, 5.4], Q8_0: [8.4, 8.7], MXFP4: [4.2, 4.8] } as const;

describe('the catalogue', () => {
  it.each(['id', 'name', 'uri'] as const)('has no %s twice', (key) => {
    const values = CATALOGUE.map((model) => model[key]);
    expect(new Set(values).size).toBe(values.length);
  });

  it('has a model for every strength, and for every size of machine', () => {
    expect(new Set(CATALOGUE.map(({ strength }) => strength))).toEqual(new Set(STRENGTHS));
    const sizes = CATALOGUE.map(({ approximateBytes }) => approximateBytes / 1e9);
    for (const most of [1, 2, 3, 5, 10, 20]) expect(sizes.some((size) => size <= most && size > most / 2.5)).toBe(true);
  });
});

describe.each(CATALOGUE)('$name', (model) => {
  const { uri, licence, parameters, quantization, approximateBytes, abilities } = model;

  it('is a file that the hub can have, of the quantization that is said', () => {
    expect(v.is(HubUriSchema, uri)).toBe(true);
    expect(uri.toLowerCase()).toMatch(new RegExp(`${quantization.toLowerCase()}\\.gguf$`));
  });

  it('has a licence that is permissive, or has a name of its own', () => {
    expect(licence.name).toMatch(/\w/);
    expect(PERMISSIVE.includes(licence.name)).toBe(licence.permissive);
  });

  it('can do something', () => {
    expect(abilities.length).toBeGreaterThan(0);
  });

  it('has a size that fits its parameters', () => {
    const [least, most] = BITS[quantization];
    const bits = (approximateBytes * 8) / (parameters * 1e9);
    expect(bits).toBeGreaterThan(least);
    expect(bits).toBeLessThan(most);
  });
});

// In a mixture of experts the measures are those of one expert.
describe.each(CATALOGUE.filter(({ activeParameters }) => activeParameters === undefined))(
  '$name, a dense model,',
  ({ parameters, measures }) => {
    it('has as many parameters as its measures make', () => {
      const { layers, embedding, feedForward, heads, kvHeads, keyLength, vocabulary } = measures;
      const attention = 2 * embedding * (heads + kvHeads) * keyLength;
      const inLayers = layers * (attention + 3 * embedding * feedForward);
      const embeddings = vocabulary * embedding;
      // Some use their embeddings for the output, too.
      const counts = [inLayers + embeddings, inLayers + 2 * embeddings].map((count) => count / 1e9 / parameters);
      expect(Math.min(...counts.map((ratio) => Math.abs(ratio - 1)))).toBeLessThan(0.01);
    });
  },
);
