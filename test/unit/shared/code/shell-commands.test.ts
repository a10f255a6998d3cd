import { describe, expect, it } from 'vitest';
import { hasHiddenCharacters } from '../../../../src/shared/code/hidden-characters.ts';
import { commandsIn, isShell } from '../../../../src/shared/code/shell-commands.ts';

describe('what is typed of a block for the shell', () => {
  it.each([
    ['one command', 'bash', 'npm test', 'npm test'],
    ['all lines, where there are no prompts', 'sh', 'cd a\nmake\n', 'cd a\nmake'],
    ['comments, too', 'bash', '# Build\nmake', '# Build\nmake'],
    ['without a prompt', 'bash', '$ npm test', 'npm test'],
    ['without what was answered', 'console', '$ ls\na.ts  b.ts\n$ pwd\n/home/ada', 'ls\npwd'],
    ['without the name of the machine', 'console', 'ada@host:~/a$ ls -l\ntotal 0', 'ls -l'],
    ['without the name of the environment', 'sh', '(venv) $ pip install x', 'pip install x'],
    ['of root, in a session', 'console', '# apt install x\nReading', 'apt install x'],
    ['a comment of a script is no prompt', 'sh', '# apt install x', '# apt install x'],
    ['with lines that go on', 'console', '$ docker run \\\n>   -it x\nhello', 'docker run \\\n  -it x'],
    ['with lines that go on without a sign', 'bash', '$ docker run \\\n  -it x', 'docker run \\\n  -it x'],
    ['of PowerShell', 'powershell', 'PS C:\\Users\\ada> Get-Item .\n\n    Directory', 'Get-Item .'],
    ['of the Windows prompt', 'cmd', 'C:\\project>dir\n Volume', 'dir'],
    ['a variable is no prompt', 'bash', '$HOME/bin/run', '$HOME/bin/run'],
    ['an assignment of PowerShell is no prompt', 'powershell', '$a = 1\n$a', '$a = 1\n$a'],
    [
      'a later line that only looks like a prompt is none',
      'bash',
      'echo "price:\n$ 5 off"\nrm -r build',
      'echo "price:\n$ 5 off"\nrm -r build',
    ],
    ['a loop whole', 'bash', '$ for i in 1 2; do\n> echo $i\n> done\n1\n2', 'for i in 1 2; do\necho $i\ndone'],
    ['a here-document whole', 'bash', "$ cat <<'EOF'\nfoo\n$ bar\nEOF\nfoo", "cat <<'EOF'\nfoo\n$ bar\nEOF"],
    ['nothing, where there is nothing', 'bash', '\n\n', ''],
  ])('%s', (_name, language, code, typed) => {
    expect(commandsIn(code, language)).toBe(typed);
  });
});

it.each([
  ['bash', true],
  ['Console', true],
  ['powershell', true],
  ['ts', false],
  ['', false],
])('%j is a shell: %s', (language, expected) => {
  expect(isShell(language)).toBe(expected);
});

describe('characters that hide something', () => {
  it.each([
    ['an escape', 'echo \u001b[2Ka'],
    ['a carriage return', 'echo a\rrm b'],
    ['a tab, which a shell completes', 'cat\ta'],
    ['a bidirectional override', 'echo \u202ecod'],
    ['an isolate', 'echo \u2066a'],
    ['no width', 'ec\u200bho'],
    ['a tag', 'echo \u{e0061}'],
    ['a separator of lines', 'echo\u2028rm'],
    ['half a pair', 'echo \ud800'],
    ['a C1 control', 'echo \u009b2K'],
  ])('%s', (_name, text) => {
    expect(hasHiddenCharacters(text)).toBe(true);
  });

  it.each(['echo a\nls', 'echo "für 2 €"', 'echo 日本 😀'])('none in %j', (text) => {
    expect(hasHiddenCharacters(text)).toBe(false);
  });
});
