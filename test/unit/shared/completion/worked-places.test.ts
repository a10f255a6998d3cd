import { describe, expect, it } from 'vitest';
import { WorkedPlaces, type WorkedDocument } from '../../../../src/shared/completion/worked-places.ts';

function documentOf(name: string): WorkedDocument {
  return { uri: { toString: () => name }, lineCount: 500, lineAt: (line) => ({ text: `${name} ${line}` }) };
}

const [here, there] = [documentOf('here'), documentOf('there')];

describe('where somebody has worked', () => {
  it('is left with an edit far away or in another document', () => {
    const worked = new WorkedPlaces();
    expect(worked.edit({ document: here, line: 10 })).toBeUndefined();
    expect(worked.edit({ document: here, line: 50 })).toBeUndefined();
    expect(worked.edit({ document: here, line: 91 })).toEqual({ document: here, line: 50 });
    expect(worked.edit({ document: there, line: 91 })).toEqual({ document: here, line: 91 });
  });

  it('is a passage around it, of use anywhere but near it', () => {
    const worked = new WorkedPlaces();
    expect(worked.note({ document: here, line: 100 }, 'here.ts')).toBe(true);
    const [passage] = worked.passagesFor({ document: there, line: 100 });
    expect(passage!.path).toBe('here.ts');
    expect(passage!.text.split('\n')).toContain('here 100');
    expect(passage!.text.length).toBeLessThanOrEqual(2_000);
    expect(worked.passagesFor({ document: here, line: 120 })).toEqual([]);
    expect(worked.passagesFor({ document: here, line: 300 })).toEqual([passage]);
  });

  it('is noted once, and can be forgotten', () => {
    const worked = new WorkedPlaces();
    worked.note({ document: here, line: 100 }, 'here.ts');
    expect(worked.note({ document: here, line: 100 }, 'here.ts')).toBe(false);
    worked.clear();
    expect(worked.passagesFor({ document: there, line: 0 })).toEqual([]);
  });
});
