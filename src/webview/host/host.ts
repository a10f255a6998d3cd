import * as v from 'valibot';
import type { ViewMessage } from '../../shared/view-messages.ts';
import { TypedSchema } from '../state/drafts.ts';
import { PlaceSchema } from '../state/place.ts';
import { NotedLineSchema } from '../state/typed-lines.ts';

interface VsCodeApi {
  postMessage(message: ViewMessage): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/**
 * What the webview keeps for itself across a reload: what was typed, and where the reader was. All else is the host's.
 */
const MemorySchema = v.object({
  ...TypedSchema.entries,
  /** What was typed and stands nowhere else, oldest first. */
  lines: v.optional(v.array(NotedLineSchema), []),
  /** Absent while the transcript follows the newest answer. */
  place: v.optional(PlaceSchema),
});
export type Memory = Readonly<v.InferOutput<typeof MemorySchema>>;

/** The one way from the webview to the extension host. */
export class Host {
  readonly #api = acquireVsCodeApi();

  post(message: ViewMessage): void {
    this.#api.postMessage(message);
  }

  /** What `remember` was given last; nothing when there is none, or when an older version wrote it. */
  recall(): Memory {
    const memory = v.safeParse(MemorySchema, this.#api.getState());
    return memory.success ? memory.output : { draft: '', outbox: [], edits: [], lines: [] };
  }

  remember(memory: Memory): void {
    this.#api.setState(memory);
  }
}
