import * as v from 'valibot';

/** What answers the protocol on a server, as far as that makes a difference. */
export const SERVER_SOFTWARE = ['llama.cpp', 'vllm', 'other'] as const;
export type ServerSoftware = (typeof SERVER_SOFTWARE)[number];

/** A model on a server, in place of one in this machine's memory. */
export const ServerFactsSchema = v.object({
  /** Name and port. */
  host: v.string(),
  /** As the server calls it. */
  model: v.string(),
  software: v.picklist(SERVER_SOFTWARE),
  /** Tokens of its context, and whether the server said so; else the setting is what counts. */
  window: v.number(),
  isWindowTold: v.boolean(),
  /** Whether tokens are counted by the server; else they are estimated. */
  countsTokens: v.boolean(),
  /** Whether others on the way can read what is sent. */
  isReadable: v.boolean(),
});
export type ServerFacts = Readonly<v.InferOutput<typeof ServerFactsSchema>>;

/** What went to a server with the last message, in tokens as the server counted them. */
export const SentSchema = v.object({
  tokens: v.number(),
  /** Those that it had in a cache of its own, and did not evaluate again; absent where it does not say. */
  cached: v.optional(v.number()),
});
export type Sent = Readonly<v.InferOutput<typeof SentSchema>>;
