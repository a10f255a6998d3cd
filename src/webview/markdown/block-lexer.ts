import { Lexer, type Token, type Tokens, type TokensList } from 'marked';

/** The blocks of a text; those of the items of a list are not looked for. */
export function blockTokens(source: string): readonly Token[] {
  return new BlockLexer().blockTokens(source);
}

export function isList(token: Token): token is Tokens.List {
  return token.type === 'list';
}

export function isQuote(token: Token): token is Tokens.Blockquote {
  return token.type === 'blockquote';
}

/** A list in which anything is nested would be read once for each of its levels, and again whenever its end changes. */
class BlockLexer extends Lexer {
  override blockTokens(source: string, tokens?: Token[], isContinued?: boolean): Token[];
  override blockTokens(source: string, tokens?: TokensList, isContinued?: boolean): TokensList;
  override blockTokens(source: string, tokens: Token[] = [], isContinued = false): Token[] {
    // Only what stands in an item is not at the top: the rest of the parser says it so.
    if (this.state.top) return super.blockTokens(source, tokens, isContinued);
    this.state.top = true;
    return tokens;
  }
}
