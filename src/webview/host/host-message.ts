import * as v from 'valibot';
import { EndlessError } from '../../shared/errors.ts';
import { HostMessageSchema, type HostMessage } from '../../shared/view-messages.ts';

const KNOWN_TYPES: readonly string[] = HostMessageSchema.options.map((option) => option.entries.type.literal);

/**
 * Checks what has come from the host.
 * @throws EndlessError `unknown-message` or `invalid-message`, naming the message
 */
export function readHostMessage(data: unknown): HostMessage {
  const message = v.safeParse(HostMessageSchema, data);
  if (message.success) return message.output;
  const type = typeOf(data);
  const code = KNOWN_TYPES.includes(type) ? 'invalid-message' : 'unknown-message';
  throw new EndlessError(code, { message: type }, v.summarize(message.issues));
}

function typeOf(data: unknown): string {
  return typeof data === 'object' && data !== null && 'type' in data ? String(data.type) : typeof data;
}
