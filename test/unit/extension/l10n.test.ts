import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, test } from 'vitest';

/** Every text that is handed to a function `t` of something named like `l10n`. */
function localizedTexts(file: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /l10n\.t$/.test(node.expression.getText(source))) {
      const [text] = node.arguments;
      if (!text || !ts.isStringLiteralLike(text)) throw new Error(`${file}: only a plain text can be translated: ${node.getText(source)}`);
      texts.push(text.text);
    }
    ts.forEachChild(node, visit);
  };
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  visit(source);
  return texts;
}

/** `npm run test:unit -- -u` writes the bundle anew; translators start from it. */
test('l10n/bundle.l10n.json holds every text of the user interface', async () => {
  const files = globSync('src/{extension,webview,shared}/**/*.ts');
  const texts = [...new Set(files.flatMap(localizedTexts))].sort();
  const bundle = Object.fromEntries(texts.map((text) => [text, text]));
  await expect(`${JSON.stringify(bundle, null, 2)}\n`).toMatchFileSnapshot('../../../l10n/bundle.l10n.json');
});
