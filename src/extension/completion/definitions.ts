import * as vscode from 'vscode';
import type { Passage } from '../../shared/protocol/completion.ts';
import type { CompletionRules } from './completion-rules.ts';
import { linesAround } from '../../shared/completion/lines-around.ts';
import { pathOf } from './document-path.ts';
import { importedNames, signatureAt, type ImportedName } from './imports.ts';

/** Most names that are looked up at once, and how long all of them may take together, in milliseconds. */
const MOST_NAMES = 12;
const TIME_LIMIT_MS = 800;
/** Names that are used within so many lines of the cursor are looked up first. */
const NEAR_LINES = 40;
/** Most characters of what is read around the cursor, and of what one file declares. */
const MOST_CHARS_AROUND = 8_000;
const MOST_CHARS = 1_500;

type Definition = vscode.Location | vscode.LocationLink;

/** What a name is; empty when nobody knows. */
type Declared = readonly Passage[];

/**
 * What the names that a document imports are: their signatures, found by the language's own definition provider. A name is
 * looked up once; one whose answer comes late is there the next time.
 */
export class ImportedSignatures {
  readonly #rules: CompletionRules;
  #known = new WeakMap<vscode.TextDocument, Map<string, Declared>>();

  constructor(rules: CompletionRules) {
    this.#rules = rules;
  }

  /** One passage for each file that declares what is imported, in the order of their paths. */
  async find(document: vscode.TextDocument, cursor: vscode.Position): Promise<readonly Passage[]> {
    const known = this.#known.get(document) ?? new Map<string, Declared>();
    this.#known.set(document, known);
    const names = importedNames(document.lineCount, (line) => document.lineAt(line).text);
    const unknown = nearestFirst(
      names.filter(({ name }) => !known.has(name)),
      document,
      cursor,
    );
    const lookups = unknown.map(async ({ name, line, character }) => {
      known.set(name, await this.#declarationAt(document, new vscode.Position(line, character)));
    });
    await atMost(TIME_LIMIT_MS, Promise.allSettled(lookups));
    // A language that says nothing of any name is still starting.
    if ([...known.values()].every((declared) => declared.length === 0)) known.clear();
    return byFile(names.flatMap(({ name }) => known.get(name) ?? []));
  }

  /** For when what is declared may be another thing now, or must not be read any more. */
  forget(): void {
    this.#known = new WeakMap();
  }

  async #declarationAt(document: vscode.TextDocument, position: vscode.Position): Promise<Declared> {
    const definitions = await vscode.commands.executeCommand<Definition[]>('vscode.executeDefinitionProvider', document.uri, position);
    const [definition] = definitions.map(placeOf).filter(({ uri }) => uri.toString() !== document.uri.toString());
    if (!definition || !this.#rules.mayRead(definition.uri)) return [];
    const other = await vscode.workspace.openTextDocument(definition.uri);
    const text = signatureAt(definition.range.start.line, other.lineCount, (line) => other.lineAt(line).text);
    return [{ path: pathOf(definition), text }];
  }
}

function byFile(declared: readonly Passage[]): readonly Passage[] {
  return [...Map.groupBy(declared, ({ path }) => path)]
    .map(([path, passages]) => ({ path, text: [...new Set(passages.map(({ text }) => text))].toSorted().join('\n').slice(0, MOST_CHARS) }))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

function nearestFirst(names: readonly ImportedName[], document: vscode.TextDocument, { line }: vscode.Position): readonly ImportedName[] {
  const around = linesAround(document, line, NEAR_LINES, NEAR_LINES, MOST_CHARS_AROUND);
  const near = new Set(around.match(/[\w$]+/g));
  const [used, others] = [names.filter(({ name }) => near.has(name)), names.filter(({ name }) => !near.has(name))];
  return [...used, ...others].slice(0, MOST_NAMES);
}

function placeOf(definition: Definition): vscode.Location {
  return 'targetUri' in definition
    ? new vscode.Location(definition.targetUri, definition.targetSelectionRange ?? definition.targetRange)
    : definition;
}

/** Waits for work, but no longer than so many milliseconds. */
async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, over]);
  clearTimeout(timer);
}
