import * as vscode from 'vscode';
import type { LocalModel } from '../../shared/ranked-models.ts';
import type { Configuration } from '../configuration.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import type { ModelChooser } from './choose-model.ts';
import type { Downloads } from './downloads.ts';

export interface ListParts {
  readonly configuration: Configuration;
  readonly engine: EngineClient;
  readonly downloads: Downloads;
  readonly chooser: ModelChooser;
  /** Those on this machine, looked for once for all kinds of entries. */
  readonly local: Promise<readonly LocalModel[]>;
}

/** What can be done with an entry beside choosing it. */
export interface EntryButton extends vscode.QuickInputButton {
  readonly press: () => Promise<unknown>;
}

/** A line of the list. */
export interface ModelEntry extends vscode.QuickPickItem {
  /** Missing in the headings. */
  readonly pick?: () => Promise<unknown>;
  readonly buttons?: readonly EntryButton[];
}

/** Finds one kind of entries, under their headings. What it throws is told, and the others are there all the same. */
export type EntrySource = (parts: ListParts) => Promise<readonly ModelEntry[]>;

/** A heading in the list. */
export function heading(label: string): ModelEntry {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
