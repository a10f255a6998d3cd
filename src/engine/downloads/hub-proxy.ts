import type { Hub } from '../../shared/downloads.ts';
import { EndlessError } from '../../shared/errors.ts';

/**
 * Says in the form of an environment, which is Node's, through which proxy an address is reached. Node goes past a proxy of a kind that
 * it does not know without a word, and quotes the whole of one that it cannot read, so neither is handed on.
 *
 * @param settings say it where they name a proxy, or none; else `env` does.
 * @throws EndlessError `proxy-failed` for anything but an address with `http:` or `https:`. What was written there may hold a password and
 *   is told nobody.
 */
export function proxyEnvironment(
  target: URL,
  { proxy, noProxy }: Pick<Hub, 'proxy' | 'noProxy'>,
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const name = target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const address = proxy ?? (env[name.toLowerCase()] || env[name] || '');
  const exceptions = proxy === undefined ? (env['no_proxy'] || env['NO_PROXY'] || '').split(/[\s,]+/) : noProxy;
  if (address === '' || exceptions.some((exception) => isExcepted(target, exception))) return {};
  const url = URL.parse(address);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw new EndlessError('proxy-failed', { host: target.host });
  return { [name]: url.href, NO_PROXY: exceptions.join(',') };
}

/** Node knows ranges of addresses, too, but can be asked only together with a proxy that it can use. */
function isExcepted({ host, hostname }: URL, exception: string): boolean {
  const suffix = exception.replace(/^\*(?=\.)/, '');
  return ['*', host, hostname].includes(exception) || (suffix.startsWith('.') && hostname.endsWith(suffix));
}
