import * as v from 'valibot';

/** Which conversation a request is about. */
export const AddressSchema = v.object({
  conversationId: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/)),
});
export type Address = Readonly<v.InferOutput<typeof AddressSchema>>;
