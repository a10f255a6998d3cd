/** Dots in the place of code, bare, in brackets or in a comment, with or without a word on what they stand for. */
const DOTS = /^\s*(?:\/\/|\/\*|#|--|<!--|;|%|\*)?\s*[[({]?\s*(?:\.{3}|\u2026)(?:\s.*)?[\])}]?\s*$/;

/** What begins a comment, or a note in brackets. */
const COMMENT = /^\s*(?:\/\/|\/\*|#|--|<!--|;|%|\*|\[|\()\s*/;

const PARTS = [
  'code file document content script function functions class method methods implementation logic body',
  'items elements keys entries fields properties imports rules styles tests cases lines sections statements handlers routes options',
]
  .join(' ')
  .replaceAll(' ', '|');

/** What a comment says that stands for code. */
const LEFT_OUT = new RegExp(
  [
    String.raw`^(?:the |all )?(?:rest|remainder) of (?:the |your |this )?(?:\w+ )?(?:${PARTS})\b(?! (?:of|is read|are read))(?:\W*$|.*\b(?:same|unchanged|as before|as is|here|stays?|remains?)\b)`,
    String.raw`^(?:the |all |your )?(?:other |existing |remaining |previous )+(?:\w+ )?(?:${PARTS})\b(?:\W*$|.*\b(?:same|unchanged|as before|as is|here|stays?|remains?|go(?:es)?)\b)`,
    String.raw`\b(?:${PARTS}|rest) (?:remains?|stays?|is|are) (?:the same|unchanged|as before|as is)\b`,
    String.raw`^(?:unchanged|omitted|same as before)\W*$`,
    String.raw`\bomitted for brevity\b`,
  ].join('|'),
  'i',
);

/** Whether a line stands for code that was left out. */
export function isElision(line: string): boolean {
  return DOTS.test(line) || (COMMENT.test(line) && LEFT_OUT.test(line.replace(COMMENT, '')));
}
