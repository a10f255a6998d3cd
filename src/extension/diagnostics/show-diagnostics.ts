import { cpus, freemem, release, totalmem } from 'node:os';
import * as vscode from 'vscode';
import { PROTOCOL_VERSION, type RequestResult } from '../../shared/protocol/protocol.ts';
import { DEFAULT_SETTINGS, SETTINGS_SECTION } from '../../shared/settings.ts';
import type { ChatSession } from '../chat/chat-session.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import { diagnosticsText, type HostFacts, type SettingValue } from './diagnostics-text.ts';
import type { SettingSchema } from './private.ts';
import type { RecentFailures } from './recent-failures.ts';

export interface DiagnosticsTargets {
  readonly session: ChatSession;
  readonly engine: EngineClient;
  readonly failures: RecentFailures;
  readonly extension: vscode.Extension<unknown>;
}

/** The part of the extension's manifest that is read. */
interface Manifest {
  readonly version: string;
  readonly contributes: {
    readonly configuration: readonly { readonly properties: Readonly<Record<string, SettingSchema>> }[];
  };
}

const SCHEME = 'endless-diagnostics';

/** Opens a document with all that helps to find out what is wrong; it can be read, copied and saved, but not changed. */
export async function showDiagnostics({ session, engine, failures, extension }: DiagnosticsTargets): Promise<void> {
  const manifest = extension.packageJSON as Manifest;
  const text = diagnosticsText({
    host: hostFacts(manifest.version),
    protocolVersion: PROTOCOL_VERSION,
    state: engine.state,
    engine: await askEngine(engine),
    status: session.status,
    settings: settingValues(manifest),
    failures: failures.list,
  });
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, { provideTextDocumentContent: () => text });
  try {
    // Another one each time: VS Code asks only once for the text of a document that is still open.
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${Date.now()}/Endless diagnostics.md` });
    await vscode.window.showTextDocument(uri, { preview: true });
  } finally {
    provider.dispose();
  }
}

/** An engine that does not run is not started for this: that it does not is what may be looked for. */
async function askEngine(engine: EngineClient): Promise<RequestResult<'diagnostics'> | undefined> {
  if (engine.state.kind !== 'ready') return undefined;
  return engine.request('diagnostics', {}).catch(() => undefined);
}

function hostFacts(version: string): HostFacts {
  const [processor] = cpus();
  return {
    extension: version,
    vscode: `${vscode.env.appName} ${vscode.version}`,
    node: process.versions.node,
    electron: process.versions['electron'],
    remote: vscode.env.remoteName,
    language: vscode.env.language,
    system: `${process.platform} ${process.arch} ${release()}`,
    processor: processor?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: totalmem(),
    freeMemory: freemem(),
  };
}

function settingValues({ contributes }: Manifest): readonly SettingValue[] {
  const section = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  const schemas = Object.assign({}, ...contributes.configuration.map(({ properties }) => properties)) as Record<string, SettingSchema>;
  return Object.keys(DEFAULT_SETTINGS).map((key) => ({
    key,
    schema: schemas[`${SETTINGS_SECTION}.${key}`] ?? {},
    value: section.get(key),
  }));
}
