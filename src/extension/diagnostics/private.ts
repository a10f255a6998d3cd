import { constants } from 'node:os';
import { basename, win32 } from 'node:path';
import type { ErrorArguments } from '../../shared/errors.ts';
import { isServerAddress } from '../../shared/server-address.ts';

/**
 * What is left out of a document that users show to others. Whatever is not known to be harmless is left out.
 */

/** Arguments of errors that are words of the model format or of the platform, never of the user. */
const HARMLESS_ARGUMENTS: ReadonlySet<string> = new Set(['architecture', 'platform', 'tensor']);

/** The arguments of an error that say nothing of the user. */
export function harmlessArguments(args: ErrorArguments): string {
  const harmless = Object.entries(args).filter(([name, value]) => typeof value === 'number' || HARMLESS_ARGUMENTS.has(name));
  return harmless.map(([name, value]) => `${name}: ${String(value)}`).join(', ');
}

/** UTF-16 units of a technical message that are looked at. */
const LONGEST_DETAIL = 300;

/** Codes of what goes wrong with somebody else's machine: what is said of that names it, or is what it has answered. */
const REMOTE = /^(?:server|hub|proxy)-/;

/** Words of the resolver (https://nodejs.org/api/dns.html#error-codes), besides those of the system. */
const RESOLVER_CODES: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ETIMEOUT']);

/**
 * The technical message of an error up to where something of the user may stand: a quotation, a path, or an address. Only its first
 * line: what follows may be anything. Of what goes wrong elsewhere only the codes of the system are left.
 */
export function harmlessDetail(code: string, detail: string): string {
  const [line = ''] = detail.slice(0, LONGEST_DETAIL).split('\n');
  const words = line.split(' ');
  // A line of the log has the code within.
  const remote = REMOTE.test(code) ? -1 : words.findIndex((word) => REMOTE.test(word));
  if (REMOTE.test(code) || remote >= 0) return [...words.slice(0, remote + 1), ...words.slice(remote + 1).filter(isSystemCode)].join(' ');
  const end = line.search(/["'`“‘«]|\S*[\\/@]|\S+[.:]\S/);
  return end < 0 ? line.trim() : `${line.slice(0, end).trim()} …`.trim();
}

function isSystemCode(word: string): boolean {
  return Object.hasOwn(constants.errno, word) || RESOLVER_CODES.has(word);
}

/** Schema of a setting, as the manifest has it. */
export interface SettingSchema {
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
}

/** Keys whose values are the path of a file, or the address of a server. */
const PATH_KEY = /\.(path|model)$/;

/** The value of a setting without what the user has written in words: numbers and choices are said, paths by their last part, servers not at all. */
export function harmlessValue(key: string, value: unknown, schema: SettingSchema): string {
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string' && schema.enum?.includes(value) === true) return value;
  if (typeof value === 'string' && PATH_KEY.test(key)) return harmlessModel(value);
  if (typeof value === 'string') return `${value.length} characters`;
  if (Array.isArray(value)) return `${value.length} entries`;
  if (typeof value !== 'object' || value === null) return 'not valid';
  const switches = Object.entries(value).filter((entry) => typeof entry[1] === 'boolean' && isSwitchOf(schema, entry[0]));
  return switches.map(([name, on]) => `${name}: ${String(on)}`).join(', ');
}

function harmlessModel(setting: string): string {
  if (isServerAddress(setting)) return 'a server';
  return setting === '' ? 'none' : basename(win32.basename(setting));
}

/** What somebody else has written into an object of switches may be anything. */
function isSwitchOf({ default: usual }: SettingSchema, name: string): boolean {
  return typeof usual === 'object' && usual !== null && Object.hasOwn(usual, name);
}
