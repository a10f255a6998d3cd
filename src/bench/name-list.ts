import { UsageError } from './options.ts';

/**
 * Reads a list of names such as "streaming,window".
 *
 * @throws UsageError when one is not among the names there are.
 */
export function namesIn<const N extends string>(option: string, list: string, names: readonly N[]): readonly N[] {
  return list.split(',').map((text) => {
    const name = names.find((candidate) => candidate === text.trim());
    if (name === undefined) throw new UsageError(`--${option} takes some of ${names.join(', ')} with commas between, not "${list}".`);
    return name;
  });
}
