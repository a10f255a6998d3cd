import type { ServerSecrets } from './server-secrets.ts';

/**
 * Has the user say whether what goes to a server may be read on the way. It is asked every time the server is chosen, so that who has allowed
 * it can take that back.
 *
 * @param ask is told whether it is allowed so far.
 * @returns whether it is allowed from now on.
 */
export async function consent(
  origin: string,
  secrets: Pick<ServerSecrets, 'get' | 'change'>,
  ask: (isAllowed: boolean) => Promise<boolean>,
): Promise<boolean> {
  const { allowsReadable: before } = await secrets.get(origin);
  const allowsReadable = await ask(before);
  if (allowsReadable !== before) await secrets.change(origin, { allowsReadable });
  return allowsReadable;
}
