import * as v from 'valibot';
import { EngineSettingsSchema, type EngineSettings } from '../../shared/protocol.ts';

type Name = keyof EngineSettings;

/**
 * Settings can be written by hand, so anything may stand in them. Values that the engine would refuse are replaced by
 * their defaults.
 *
 * @returns the settings to work by, and the names of those that were replaced.
 */
export function validSettings(
  wished: Readonly<Record<Name, unknown>>,
  defaults: EngineSettings,
): { readonly settings: EngineSettings; readonly replaced: readonly Name[] } {
  const names = Object.keys(EngineSettingsSchema.entries) as Name[];
  const replaced = names.filter((name) => !v.is(EngineSettingsSchema.entries[name], wished[name]));
  const repaired = { ...wished, ...Object.fromEntries(replaced.map((name) => [name, defaults[name]])) };
  return { settings: v.parse(EngineSettingsSchema, repaired), replaced };
}
