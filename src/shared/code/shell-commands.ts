/** What fences call the languages of shells, and what is written in them. */
const SHELLS: ReadonlySet<string> = new Set([
  ...['sh', 'bash', 'shell', 'zsh', 'fish', 'console', 'shell-session', 'shellsession', 'sh-session', 'terminal'],
  ...['powershell', 'pwsh', 'ps1', 'cmd', 'bat', 'batch'],
]);

/** Those of them that show what was answered, too; in others a `#` begins a comment. */
const SESSIONS: ReadonlySet<string> = new Set(['console', 'shell-session', 'shellsession', 'sh-session', 'terminal']);

/** `$ `, `ada@host:~/project$ `, `(venv) $ `, `PS C:\> `, `C:\project>`. */
const PROMPT =
  /^\s*(?:\([\w.-]+\)\s+)?(?:(?:[\w.-]+@[\w.-]+[^$#%]*)?[$%❯] +|[\w.-]+@[\w.-]+[^$#%]*# +|PS [A-Za-z]:[^>]*> ?|[A-Za-z]:\\[^>]*> ?)/;
const ROOT_PROMPT = /^\s*# +/;

/** Whether a block of code tells what to run, by what its fence calls the language. */
export function isShell(language: string): boolean {
  return SHELLS.has(language.toLowerCase());
}

/** What is to be read up to a line with only this word in it. */
const HERE_DOCUMENT = /<<-?\s*(['"]?)(\w+)\1/;

/**
 * What somebody is to type: the text itself, or, where it begins with a prompt, the lines behind prompts, with those that continue one.
 *
 * @returns without empty lines at the ends; empty when there is nothing to type.
 */
export function commandsIn(code: string, language: string): string {
  const lines = code.split(/\r\n|\r|\n/);
  const first = lines.find((line) => line.trim() !== '') ?? '';
  const prompts = SESSIONS.has(language.toLowerCase()) ? [PROMPT, ROOT_PROMPT] : [PROMPT];
  const prompt = prompts.find((known) => known.test(first));
  const typed = prompt ? typedIn(lines, prompt) : lines;
  return typed
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/^\n+|\n+$/g, '');
}

function typedIn(lines: readonly string[], prompt: RegExp): readonly string[] {
  const typed: string[] = [];
  /** Whether the line before was typed, and whether it cannot be the last one. */
  let [wasTyped, isContinued] = [false, false];
  /** The word that ends what a command reads from the lines behind it. */
  let end: string | undefined;
  for (const line of lines) {
    // A shell puts this before a line that goes on with a command.
    const goesOn = wasTyped && /^> ?/.test(line);
    const isTyped = isContinued || goesOn || end !== undefined || prompt.test(line);
    if (isTyped) {
      const command = goesOn || isContinued || end !== undefined ? line.replace(/^> ?/, '') : line.replace(prompt, '');
      typed.push(command);
      isContinued = /(?:^|[^\\])(?:\\\\)*[\\`^]$/.test(command);
      end = end === undefined ? HERE_DOCUMENT.exec(command)?.[2] : command.trim() === end ? undefined : end;
    }
    wasTyped = isTyped;
  }
  return typed;
}
