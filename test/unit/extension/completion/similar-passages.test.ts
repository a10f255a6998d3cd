import { describe, expect, it } from 'vitest';
import { SimilarPassages, type ComparableDocument, type Neighbour } from '../../../../src/extension/completion/similar-passages.ts';

interface Read {
  lines: number;
}

function documentOf(text: string, read: Read = { lines: 0 }, version = 1): ComparableDocument {
  const lines = text.split('\n');
  const lineAt = (line: number): { text: string } => {
    read.lines++;
    return { text: lines[line] ?? '' };
  };
  return { lineCount: lines.length, version, lineAt };
}

const filler = (name: string, count: number): string =>
  Array.from({ length: count }, (_, n) => `const ${name}${n} = return${name}(${n});`).join('\n');
const neighbour = (path: string, text: string): Neighbour => ({ path, document: documentOf(text) });

describe('passages that resemble what is around the cursor', () => {
  const around = 'const session = openSession(account);\nreturn session.transferFunds(account);';
  const close = 'function payOut(account) {\n  const session = openSession(account);\n  session.transferFunds(account);\n}';

  it('use the same identifiers', () => {
    const found = new SimilarPassages().find(around, [neighbour('other.ts', filler('x', 40)), neighbour('pay.ts', close)]);
    expect(found.map(({ path }) => path)).toEqual(['pay.ts']);
    expect(found[0]?.text).toBe(close);
  });

  it('are found in the middle of a document', () => {
    const [found] = new SimilarPassages().find(around, [neighbour('long.ts', [filler('x', 95), close, filler('y', 200)].join('\n'))]);
    expect(found?.text).toContain('transferFunds');
    expect(found?.text.split('\n').length).toBeLessThanOrEqual(30);
  });

  it('are not found by what stands everywhere', () => {
    const everywhere = Array.from({ length: 10 }, (_, n) =>
      neighbour(`${n}.ts`, `const account = 1;\nreturn account;\nlet name${n} = only${n}();`),
    );
    expect(new SimilarPassages().find('const account = 2;\nreturn account;\nwidget();', everywhere)).toEqual([]);
  });

  it('are two at most, of two documents, the best one last', () => {
    const files = [neighbour('best.ts', around), neighbour('good.ts', close), neighbour('fair.ts', `${close}\n${filler('z', 12)}`)];
    expect(new SimilarPassages().find(around, files).map(({ path }) => path)).toEqual(['good.ts', 'best.ts']);
  });

  it('are none without neighbours, or beside empty ones', () => {
    expect(new SimilarPassages().find(around, [])).toEqual([]);
    expect(new SimilarPassages().find(around, [neighbour('empty.ts', '')])).toEqual([]);
    expect(new SimilarPassages().find('', [neighbour('pay.ts', close)])).toEqual([]);
  });

  it('read a document only when it has changed, and no more than its first two thousand lines', () => {
    const read = { lines: 0 };
    const similar = new SimilarPassages();
    const document = documentOf(filler('x', 50_000), read);
    similar.find(around, [{ path: 'huge.ts', document }]);
    expect(read.lines).toBeLessThanOrEqual(2 * 2_000 + 30);
    read.lines = 0;
    similar.find(around, [{ path: 'huge.ts', document }]);
    expect(read.lines).toBe(0);
  });
});
