import { tokenize, type Token } from './tokenizer';

const operators: Record<string, (left: number, right: number) => number> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};

/** Value of an expression such as `2 * (3 + 4)`. */
export function evaluate(text: string): number {
  const tokens = tokenize(text);
  return sum(tokens);
}

function sum(tokens: Token[]): number {
  return chain(tokens, ['+', '-'], product);
}

function product(tokens: Token[]): number {
  return chain(tokens, ['*', '/'], atom);
}

// Groups from the right, which is wrong for - and /.
function chain(tokens: Token[], names: string[], part: (tokens: Token[]) => number): number {
  const left = part(tokens);
  const next = tokens[0];
  if (next?.kind !== 'operator' || !names.includes(next.value)) return left;
  tokens.shift();
  return operators[next.value]!(left, chain(tokens, names, part));
}

function atom(tokens: Token[]): number {
  const token = tokens.shift();
  if (token?.kind === 'number') return token.value;
  const value = sum(tokens);
  tokens.shift();
  return value;
}
