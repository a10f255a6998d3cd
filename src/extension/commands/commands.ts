/** Commands by their ids, as VS Code calls them. */
export type Commands = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
