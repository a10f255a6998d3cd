/** A value of a model's metadata, which may hold anything under any key; `undefined` where there is nothing. */
export function valueAt(from: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined),
    from,
  );
}
