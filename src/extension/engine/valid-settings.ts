import * as v from 'valibot';

/**
 * Settings can be written by hand, so anything may stand in them. Values that the engine would refuse are replaced by
 * their defaults.
 *
 * @param entries what the engine accepts.
 * @returns the settings to work by, and the names of those that were replaced.
 */
export function validSettings<T extends object>(
  entries: Readonly<Record<keyof T & string, v.GenericSchema>>,
  wished: Readonly<Record<keyof T & string, unknown>>,
  defaults: T,
): { readonly settings: T; readonly replaced: readonly (keyof T & string)[] } {
  const names = Object.keys(entries) as (keyof T & string)[];
  const replaced = names.filter((name) => !v.is(entries[name], wished[name]));
  const repaired = Object.fromEntries(replaced.map((name) => [name, defaults[name]]));
  return { settings: { ...wished, ...repaired } as T, replaced };
}
