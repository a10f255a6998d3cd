import type { Localizer } from './error-sentences.ts';

/** Whether words may stand behind the name of a command: what to look for, or what more is to be done. */
type Words = 'required' | 'optional' | 'none';

/** Something that is written into the composer with a slash before it. */
export interface SlashCommand {
  readonly name: string;
  readonly words: Words;
  /** The command of VS Code that does it; absent for what the chat does itself. */
  readonly command?: string;
  /** One line. */
  readonly describe: (l10n: Localizer) => string;
}

/** All there are, in the order in which they are offered. */
export const SLASH_COMMANDS = [
  { name: 'explain', words: 'optional', command: 'endless.explain', describe: (l10n) => l10n.t('Explain this code') },
  { name: 'fix', words: 'optional', command: 'endless.fix', describe: (l10n) => l10n.t('Fix the problem at the cursor') },
  { name: 'tests', words: 'optional', command: 'endless.tests', describe: (l10n) => l10n.t('Write tests for this code') },
  { name: 'doc', words: 'optional', command: 'endless.document', describe: (l10n) => l10n.t('Document this code') },
  { name: 'review', words: 'optional', command: 'endless.review', describe: (l10n) => l10n.t('Review this code') },
  { name: 'commit', words: 'none', command: 'endless.commitMessage', describe: (l10n) => l10n.t('Write a commit message') },
  { name: 'recall', words: 'required', describe: (l10n) => l10n.t('Recall what left the cache') },
  { name: 'clear', words: 'none', command: 'endless.clearConversation', describe: (l10n) => l10n.t('Clear the conversation') },
  { name: 'help', words: 'none', describe: (l10n) => l10n.t('Show commands and keys') },
] as const satisfies readonly SlashCommand[];

type Known = (typeof SLASH_COMMANDS)[number];

/** The commands of VS Code that do what the chat does not. */
export const EDITOR_COMMANDS = SLASH_COMMANDS.flatMap((known) => ('command' in known ? [known.command] : []));

/** What somebody has written with a slash before it. */
export interface SlashLine {
  readonly command: Known;
  /** What stands behind the name. */
  readonly words: string;
}

/** Reads `/name words`; undefined for whatever begins otherwise, be it with a space, or with a name that is not known: that is a message. */
export function readSlash(text: string): SlashLine | undefined {
  const [, name, words = ''] = /^\/([a-z]+)(?:\s+([^]*))?$/.exec(text) ?? [];
  const command = SLASH_COMMANDS.find((known) => known.name === name);
  return command && { command, words: words.trim() };
}

/** Whether it has words behind it where it needs some, and none where it takes none. */
export function isComplete({ command, words }: SlashLine): boolean {
  return command.words === 'optional' || (command.words === 'required') === (words !== '');
}
