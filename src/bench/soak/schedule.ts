/**
 * Cuts a text at line ends into passages of at least `size` tokens. What is left at the end is too short and falls
 * away; so does a passage that is too long because of a single long line.
 */
export function passagesOf(text: string, size: number, largest: number, tokensOf: (text: string) => number): readonly string[] {
  const passages: string[] = [];
  let lines: string[] = [];
  let tokens = 0;
  for (const line of text.split('\n')) {
    lines.push(line);
    tokens += tokensOf(`${line}\n`);
    if (tokens < size) continue;
    const passage = lines.join('\n');
    if (tokensOf(passage) <= largest) passages.push(passage);
    [lines, tokens] = [[], 0];
  }
  return passages;
}

/**
 * What is said in one tenth of the run: the passages in order, again and again, until there are enough tokens. Every
 * tenth says the same, so that they can be compared.
 */
export function tenthOf(passages: readonly string[], tokens: number, tokensOf: (passage: string) => number): readonly string[] {
  const said: string[] = [];
  for (let total = 0; total < tokens;) {
    const passage = passages[said.length % passages.length];
    if (passage === undefined) throw new Error('there is nothing to say');
    said.push(passage);
    total += tokensOf(passage);
  }
  return said;
}
