import * as v from 'valibot';

/** Where a reader is: what stands at the upper edge. Pixels from the top would be another place once something above has changed. */
export const PlaceSchema = v.object({
  turnId: v.number(),
  /** Pixels of the turn that are above the edge. */
  offset: v.number(),
});
export type Place = Readonly<v.InferOutput<typeof PlaceSchema>>;
