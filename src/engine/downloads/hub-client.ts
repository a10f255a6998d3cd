import * as http from 'node:http';
import * as https from 'node:https';
import * as tls from 'node:tls';
import type { Hub } from '../../shared/downloads.ts';
import { EndlessError } from '../../shared/errors.ts';
import { isReadable } from '../../shared/server-address.ts';
import { connectionError } from './download-error.ts';
import { proxyEnvironment } from './hub-proxy.ts';

const DEFAULT_ENDPOINT = 'https://huggingface.co';
const MOST_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

const SILENCE_MS = 60_000;

/** What is said of a file before it comes in. */
export interface FileFacts {
  /** Of the whole file, in hexadecimal digits, as the hub says. */
  readonly sha256?: string | undefined;
  /** Size as the hub says. */
  readonly bytes?: number | undefined;
  /** Changes with the content, as says who sends it. */
  readonly etag?: string | undefined;
}

export interface HubAnswer {
  /** What the last redirect led to, its body not read yet. */
  readonly response: http.IncomingMessage;
  readonly facts: FileFacts;
  /** Who has answered, and whether that is the end point or somebody it has redirected to. */
  readonly host: string;
  readonly isEndpoint: boolean;
}

export interface HubClientOptions {
  /** Says which hub and which proxies there are where the settings do not. */
  readonly env?: NodeJS.ProcessEnv;
  /** When nothing is heard for so long, the connection counts as lost. In milliseconds. */
  readonly silenceMs?: number;
}

/** Asks the hub for files, by the settings of one download. */
export class HubClient {
  readonly #endpoint: URL;
  readonly #token: string | undefined;
  readonly #silenceMs: number;
  readonly #proxyEnvironment: (url: URL) => NodeJS.ProcessEnv;
  #http: http.Agent | undefined;
  #https: https.Agent | undefined;

  /** @throws EndlessError `hub-address-invalid` when the end point is no address of the web. */
  constructor({ endpoint, proxy, noProxy, token }: Hub, { env = process.env, silenceMs = SILENCE_MS }: HubClientOptions = {}) {
    this.#silenceMs = silenceMs;
    this.#endpoint = endpointOf(endpoint || env['HF_ENDPOINT'] || DEFAULT_ENDPOINT);
    this.#token = isReadable(this.#endpoint.origin) ? undefined : token;
    this.#proxyEnvironment = (url) => proxyEnvironment(url, { ...(proxy !== undefined && { proxy }), noProxy }, env);
  }

  /** Whether the end point is shown a token. */
  get hasToken(): boolean {
    return this.#token !== undefined;
  }

  /**
   * Asks for a file, or for its end. Redirects are followed; the token goes to the end point only, and never where others on the way could
   * read it.
   *
   * @param from bytes that are there already.
   * @param etag of what they are a part of; if it is another by now, the whole is sent.
   * @throws EndlessError with the code of what keeps the hub from answering. What it answers is not judged.
   */
  async get(
    uri: string,
    { from, etag }: { readonly from: number; readonly etag?: string | undefined },
    signal: AbortSignal,
  ): Promise<HubAnswer> {
    let url = this.#urlOf(uri);
    let facts: FileFacts = {};
    for (let redirects = 0; ; redirects += 1) {
      const headers = { ...this.#headersFor(url), ...(from > 0 && rangeFrom(from, etag)) };
      const response = await this.#ask(url, headers, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        throw connectionError(error, url.host);
      });
      const isEndpoint = url.origin === this.#endpoint.origin;
      if (isEndpoint) facts = { ...facts, ...linkedFile(response.headers) };
      const { statusCode = 0 } = response;
      const { location } = response.headers;
      if (!REDIRECTS.has(statusCode) || location === undefined)
        return { response, facts: { ...facts, ...strongEtag(response.headers) }, host: url.host, isEndpoint };
      response.destroy();
      const next = new URL(location, url);
      if (redirects === MOST_REDIRECTS || !isAsSafe(url, next))
        throw new EndlessError('hub-failed', { host: url.host, status: statusCode });
      url = next;
    }
  }

  /** Closes what connections are left. */
  close(): void {
    this.#http?.destroy();
    this.#https?.destroy();
  }

  /** Made for the first address of its kind: what is wrong with the proxy for another kind keeps nobody from this one. */
  #plain(url: URL): http.Agent {
    return (this.#http ??= new http.Agent({ proxyEnv: this.#proxyEnvironment(url) }));
  }

  #secure(url: URL): https.Agent {
    return (this.#https ??= new https.Agent({ proxyEnv: this.#proxyEnvironment(url), ca: trustedCertificates() }));
  }

  #urlOf(uri: string): URL {
    const [owner, repository, file] = uri.slice('hf:'.length).split('/');
    return new URL(`${this.#endpoint.href.replace(/\/$/, '')}/${owner}/${repository}/resolve/main/${file}`);
  }

  #headersFor({ origin }: URL): http.OutgoingHttpHeaders {
    const knowsUs = origin === this.#endpoint.origin && this.#token !== undefined;
    return { 'accept-encoding': 'identity', 'user-agent': 'endless', ...(knowsUs && { authorization: `Bearer ${this.#token}` }) };
  }

  async #ask(url: URL, headers: http.OutgoingHttpHeaders, signal: AbortSignal): Promise<http.IncomingMessage> {
    const [{ get }, agent] = url.protocol === 'https:' ? [https, this.#secure(url)] : [http, this.#plain(url)];
    return new Promise((resolve, reject) => {
      const request = get(url, { agent, headers, signal, timeout: this.#silenceMs }, resolve);
      request.once('timeout', () => request.destroy(new Error(`nothing was heard for ${this.#silenceMs} ms`)));
      request.on('error', reject);
    });
  }
}

/**
 * Proxies that look into what goes through them have a certificate that only the system knows. Nothing where this runtime (Electron's
 * is built on another TLS library) cannot tell: it then goes by those that it brings along.
 */
function trustedCertificates(): string[] | undefined {
  try {
    return [...tls.getCACertificates('default'), ...tls.getCACertificates('system')];
  } catch {
    return undefined;
  }
}

function endpointOf(address: string): URL {
  const url = URL.parse(address);
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') throw new EndlessError('hub-address-invalid', { address });
  return url;
}

/** Whether what is protected stays so, and nothing but the web is asked. */
function isAsSafe(from: URL, to: URL): boolean {
  return to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:');
}

function rangeFrom(from: number, etag: string | undefined): http.OutgoingHttpHeaders {
  return { range: `bytes=${from}-`, ...(etag !== undefined && { 'if-range': etag }) };
}

/**
 * Large files of the hub are kept by their SHA-256, which it sends, with the size, before it redirects to where they are
 * (`X-Linked-Etag`, `X-Linked-Size`; huggingface_hub, `get_hf_file_metadata`).
 */
function linkedFile(headers: http.IncomingHttpHeaders): FileFacts {
  const [, sha256] = /^(?:W\/)?"?([0-9a-f]{64})"?$/.exec(text(headers['x-linked-etag'])) ?? [];
  const [bytes] = /^\d+$/.exec(text(headers['x-linked-size'])) ?? [];
  return { ...(sha256 !== undefined && { sha256 }), ...(bytes !== undefined && { bytes: Number(bytes) }) };
}

/** A weak one does not promise the same bytes. */
function strongEtag({ etag }: http.IncomingHttpHeaders): FileFacts {
  return etag?.startsWith('"') ? { etag } : {};
}

function text(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? header : '';
}
