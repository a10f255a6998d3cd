import type { Localizer } from './error-sentences.ts';

/** For programs without a user interface of VS Code around them: the sentences as they are written in the source. */
export const plainEnglish: Localizer = {
  t: (message: string, args: Readonly<Record<string, string | number>> = {}): string =>
    message.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(args[name] ?? placeholder)),
};
