/** How the tests of a file are called, by the extension of the file; `NAME` stands for its name without. */
const PATTERNS: Readonly<Record<string, string>> = {
  py: 'test_NAME.py',
  go: 'NAME_test.go',
  java: 'NAMETest.java',
  kt: 'NAMETest.kt',
  cs: 'NAMETests.cs',
  rb: 'NAME_spec.rb',
  php: 'NAMETest.php',
  swift: 'NAMETests.swift',
  dart: 'NAME_test.dart',
  ex: 'NAME_test.exs',
};

/** What packages of JavaScript test with, the most particular first. */
const FRAMEWORKS = ['vitest', 'jest', 'mocha', 'ava', 'jasmine', 'tap', 'uvu'];

/**
 * Where the tests of a file may stand: beside it, under the name that is usual for its language.
 *
 * @param number from 1 on, of a name that is tried because the ones before are taken.
 */
export function testPathOf(path: string, number: number): string {
  const slash = path.lastIndexOf('/') + 1;
  const [folder, file] = [path.slice(0, slash), path.slice(slash)];
  const dot = file.lastIndexOf('.');
  const [name, extension] = dot > 0 ? [file.slice(0, dot), file.slice(dot + 1)] : [file, ''];
  const numbered = number > 1 ? `${name}${number}` : name;
  const usual = PATTERNS[extension.toLowerCase()] ?? (extension ? `NAME.test.${extension}` : 'NAME.test');
  return folder + usual.replace('NAME', () => numbered);
}

/**
 * What a package tests with.
 *
 * @param manifest its `package.json`; one that is none says nothing.
 */
export function testFrameworkIn(manifest: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(manifest);
    const names = dependenciesIn(parsed);
    return FRAMEWORKS.find((framework) => names.includes(framework));
  } catch {
    return undefined;
  }
}

function dependenciesIn(manifest: unknown): readonly string[] {
  if (typeof manifest !== 'object' || manifest === null) return [];
  return Object.entries(manifest).flatMap(([key, value]: [string, unknown]) =>
    /^(?:dev|peer)?dependencies$/i.test(key) && typeof value === 'object' && value !== null ? Object.keys(value) : [],
  );
}
