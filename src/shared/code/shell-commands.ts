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

/**
 * What somebody is to type: the text itself, or, where it shows prompts, the lines behind them, with those that continue one.
 *
 * @returns without empty lines at the ends; empty when there is nothing to type.
 */
export function commandsIn(code: string, language: string): string {
  const lines = code.split(/\r\n|\r|\n/);
  const isPrompted = lines.some((line) => PROMPT.test(line));
  const prompt = isPrompted ? PROMPT : SESSIONS.has(language.toLowerCase()) ? ROOT_PROMPT : undefined;
  const typed = prompt && lines.some((line) => prompt.test(line)) ? typedIn(lines, prompt) : lines;
  return typed
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/^\n+|\n+$/g, '');
}

function typedIn(lines: readonly string[], prompt: RegExp): readonly string[] {
  const typed: string[] = [];
  let isContinued = false;
  for (const line of lines) {
    if (!isContinued && !prompt.test(line)) continue;
    const command = isContinued ? line.replace(/^> ?/, '') : line.replace(prompt, '');
    typed.push(command);
    isContinued = /(?:^|[^\\])(?:\\\\)*[\\`^]$/.test(command);
  }
  return typed;
}
