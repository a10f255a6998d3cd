import { hasHiddenCharacters } from './hidden-characters.ts';

/** What some file systems do not allow in a name, or read as something else. */
const FORBIDDEN = /[<>:"|?*]|[. ]$|^ /;
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³])(?:\.|$)/i;
/** What Git runs stands in its folder: nothing of an answer goes there. */
const GIT = /^(?:\.git|git~\d)$/i;

/**
 * A path of an answer as one within a folder, with slashes and without dots that go up or stay.
 *
 * @returns `undefined` for one that leads out of the folder, or to what is no name of a file anywhere.
 */
export function pathWithin(path: string): string | undefined {
  const slashed = path.replaceAll('\\', '/');
  if (hasHiddenCharacters(path) || path.includes('\n') || /^(?:\/|~|[A-Za-z][\w+.-]*:)/.test(slashed)) return undefined;
  const segments: string[] = [];
  for (const segment of slashed.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) return undefined;
  }
  const isFile = segments.length > 0 && !/(?:^|\/)\.{0,2}$/.test(slashed);
  return isFile && segments.every(isName) ? segments.join('/') : undefined;
}

function isName(segment: string): boolean {
  return !FORBIDDEN.test(segment) && !DEVICE.test(segment) && !GIT.test(segment);
}
