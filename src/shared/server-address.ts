import { EndlessError } from './errors.ts';

/**
 * A model on a server, as it stands in the settings in place of a file: `http(s)://HOST[:PORT]/v1#MODEL`. No path of a file begins
 * like that.
 */
export interface ServerAddress {
  /** Where the server's OpenAI-compatible end points are, without a slash at the end. */
  readonly base: string;
  /** What keys belong to, and all that is sent goes to. */
  readonly origin: string;
  /** Name and port, for people. */
  readonly host: string;
  /** The model as the server calls it; empty where none was named, and the server has one only. */
  readonly model: string;
}

const SCHEME = /^https?:\/\//i;

/** Whether a model stands on a server; what follows the scheme may still be wrong. */
export function isServerAddress(model: string): boolean {
  return SCHEME.test(model);
}

/**
 * Reads an address. A path that is missing is taken to be `/v1`.
 *
 * @throws EndlessError `server-address-invalid`, also for one with a name and a password in it: keys do not belong into settings.
 */
export function parseServerAddress(text: string): ServerAddress {
  const invalid = (): EndlessError => new EndlessError('server-address-invalid');
  const url = isServerAddress(text) ? URL.parse(text.trim()) : null;
  if (!url || url.username !== '' || url.password !== '' || url.search !== '') throw invalid();
  const path = url.pathname.replace(/\/+$/, '');
  const base = url.origin + (path === '' ? '/v1' : path);
  return { base, origin: url.origin, host: url.host, model: decoded(url.hash.slice(1)) };
}

/** The address of a model on a server, as it stands in the settings. */
export function serverAddress(base: string, model: string): string {
  return `${base}#${encodeURIComponent(model).replaceAll('%2F', '/').replaceAll('%3A', ':')}`;
}

/** Name and port of the server that a model stands on; undefined for a file, or where the address is wrong. */
export function serverHost(model: string): string | undefined {
  try {
    return isServerAddress(model) ? parseServerAddress(model).host : undefined;
  } catch {
    return undefined;
  }
}

/** What people call the chosen model: a file by its name, a model on a server by its own. */
export function modelTitle(model: string): string {
  const host = serverHost(model);
  if (host === undefined) return model.split(/[/\\]/).at(-1) ?? model;
  const name = parseServerAddress(model).model;
  return name === '' ? host : `${name.split(/[/\\]/).at(-1) ?? name} (${host})`;
}

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** Whether others on the way can read what is sent: it is not encrypted, and leaves this machine. */
export function isReadable(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'http:' && !LOOPBACK.test(hostname);
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
