import { looksLikeFile, withoutLines } from './path-text.ts';

/** What the line says that opens a block of code. */
export interface FenceInfo {
  /** As the model calls it; empty when it does not. */
  readonly language: string;
  /** The file that the code belongs to, if that is said. */
  readonly path: string | undefined;
}

const ATTRIBUTE = /(?:^|[\s{,])(?:title|file|filename|path)\s*[=:]\s*(?:"([^"]+)"|'([^']+)'|([^\s"'{},]+))/i;
/** `ts:src/a.ts`, and `10:20:src/a.ts`, as some models are taught. */
const JOINED = /^(?:\d+:\d+|[\w+#-]+):(.+)$/;

/** Reads `ts src/a.ts`, `ts title="src/a.ts"`, `ts:src/a.ts`, `src/a.ts:10-20` and the like. */
export function readFenceInfo(info: string): FenceInfo {
  const [first = '', ...others] = info.trim().split(/\s+/);
  const [, quoted, single, bare] = ATTRIBUTE.exec(info) ?? [];
  const [, joined = ''] = JOINED.exec(first) ?? [];
  const isJoined = looksLikeFile(joined) && !/^[A-Za-z]:[\\/]/.test(first);
  const isPath = !isJoined && looksLikeFile(first);
  const named = quoted ?? single ?? bare ?? (isJoined ? joined : [first, ...others].find(looksLikeFile));
  const path = named === undefined ? undefined : withoutLines(named);
  return { language: languageOf(first, isJoined, isPath), path };
}

function languageOf(first: string, isJoined: boolean, isPath: boolean): string {
  if (isPath || (isJoined && /^\d/.test(first))) return /\.(\w+)$/.exec(withoutLines(first))?.[1] ?? '';
  return isJoined ? first.slice(0, first.indexOf(':')) : first;
}
