export type Token = { kind: 'number'; value: number } | { kind: 'operator'; value: string };

/** Splits an arithmetic expression into numbers, operators and parentheses. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const [piece] of text.matchAll(/\d+(\.\d+)?|[-+*/()]/g)) {
    tokens.push(/\d/.test(piece) ? { kind: 'number', value: Number(piece) } : { kind: 'operator', value: piece });
  }
  return tokens;
}
