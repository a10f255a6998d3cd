import { basename, win32 } from 'node:path';
import type { CudaState } from '../../shared/protocol/cuda.ts';
import type { ModelFacts } from '../../shared/protocol/model-facts.ts';
import type { RequestResult } from '../../shared/protocol/protocol.ts';
import type { ServerFacts } from '../../shared/protocol/server-facts.ts';
import type { Status } from '../../shared/protocol/status.ts';
import type { EngineState } from '../engine/engine-client.ts';
import { harmlessArguments, harmlessDetail, harmlessValue, type SettingSchema } from './private.ts';
import type { Failure } from './recent-failures.ts';

/** What is known of this VS Code and its machine. */
export interface HostFacts {
  readonly extension: string;
  readonly vscode: string;
  readonly node: string;
  readonly electron: string | undefined;
  /** Where the extension host runs, if not on the machine of the window. */
  readonly remote: string | undefined;
  readonly language: string;
  /** Platform, architecture and release of the operating system. */
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  /** In bytes. */
  readonly memory: number;
  readonly freeMemory: number;
}

/** A setting, its schema, and what stands in it. */
export interface SettingValue {
  readonly key: string;
  readonly schema: SettingSchema;
  readonly value: unknown;
}

export interface DiagnosticsSources {
  readonly host: HostFacts;
  readonly protocolVersion: number;
  readonly state: EngineState;
  /** What the engine says of itself; absent when it does not run. */
  readonly engine: RequestResult<'diagnostics'> | undefined;
  readonly status: Status | undefined;
  readonly settings: readonly SettingValue[];
  readonly failures: readonly Failure[];
}

/**
 * All that helps to find out what is wrong, as Markdown, to be given to others: nothing of the conversation, of the files of the
 * workspace, or of who the user is. It is in English in every language, for those who read reports.
 */
export function diagnosticsText(sources: DiagnosticsSources): string {
  const { host, engine, status, protocolVersion, state } = sources;
  const sections = [
    section('Versions', [
      ['Endless', host.extension],
      ['VS Code', `${host.vscode}${host.remote === undefined ? '' : ` (remote: ${host.remote})`}, language ${host.language}`],
      ['Node.js of the extension host', nodeVersion(host)],
      ['Node.js of the engine', engine && nodeVersion(engine)],
      ['node-llama-cpp', engine?.library],
      ['CUDA back end', engine && CUDA_WORDS[engine.cuda]],
      ['Protocol', String(protocolVersion)],
    ]),
    section('Machine', [
      ['System', host.system],
      ['Processor', `${host.processor}, ${host.cores} cores`],
      ['Memory', `${bytes(host.memory)}, ${bytes(host.freeMemory)} free`],
    ]),
    section('Engine', [
      ['State', state.kind === 'failed' ? `failed: ${state.error.code}` : state.kind],
      ['Runs for', engine && `${Math.round(engine.uptimeSeconds)} s`],
      ['Process', engine && bytes(engine.processBytes)],
      ['Windows, conversations', engine && `${engine.clients}, ${engine.conversations}`],
      ['Contexts', engine && (engine.contexts.join(', ') || 'none')],
    ]),
    section('Model', status?.server ? serverLines(status.server) : modelLines(status?.model)),
    section('Cache', cacheLines(status)),
    section('Settings that are not the default', settingLines(sources.settings)),
    section('Recent errors', failureLines(sources.failures)),
  ];
  return `# Endless diagnostics\n\nNothing of your conversation, your files or yourself is in here.\n\n${sections.join('\n')}`;
}

const CUDA_WORDS: Readonly<Record<CudaState['kind'], string>> = {
  none: 'none for this platform',
  absent: 'not downloaded',
  outdated: 'not downloaded for this version',
  downloaded: 'downloaded',
  installed: 'installed with node-llama-cpp',
};

function nodeVersion({ node, electron }: { readonly node: string; readonly electron?: string | undefined }): string {
  return electron === undefined ? node : `${node} (Electron ${electron})`;
}

type Line = readonly [name: string, value: string | undefined];

function section(title: string, lines: readonly Line[]): string {
  const known = lines.filter(([, value]) => value !== undefined);
  const text = known.map(([name, value]) => `- ${name}: ${value ?? ''}`);
  return `## ${title}\n\n${text.length === 0 ? 'None.' : text.join('\n')}\n`;
}

function modelLines(model: ModelFacts | undefined): readonly Line[] {
  if (!model) return [];
  const { devices, gpuLayers, totalLayers } = model;
  return [
    ['File', `${lastPart(model.path)}, ${bytes(model.fileBytes)}`],
    ['Architecture', model.architecture],
    ['Runs on', `${model.backend}${devices.length > 0 ? ` (${devices.join(', ')})` : ''}, ${model.threads} threads`],
    ['Why on nothing faster', model.backendReason],
    ['Layers on the GPU', `${gpuLayers} of ${totalLayers}`],
    ['Given up to load it', model.fallback],
    ['Window', `${model.window} tokens; asked for ${model.wishedWindow}, trained for ${model.trainedContext}`],
    ['Positions can be shifted', model.canShift ? 'yes' : `no: ${model.shiftObstacle ?? 'unknown'}`],
    ['YaRN left out', model.yarnLeftOut ? 'yes' : 'no'],
  ];
}

/** Where it is, is the user's affair. */
function serverLines({ software, window, isWindowTold, countsTokens, isReadable }: ServerFacts): readonly Line[] {
  return [
    ['Runs on', `a server (${software})${isReadable ? ', without encryption' : ''}`],
    ['Window', `${window} tokens, as ${isWindowTold ? 'the server' : 'the setting'} says`],
    ['Tokens are', countsTokens ? 'counted' : 'estimated'],
  ];
}

function cacheLines(status: Status | undefined): readonly Line[] {
  if (!status) return [];
  const { cache, stats, memory, origin } = status;
  return [
    ['Strategy', cache?.strategy],
    ['Tokens', cache && `${cache.used} of ${cache.window}, ${cache.segments.length} segments`],
    ['Came in as', origin && (origin.kind === 'rebuilt' ? `rebuilt: ${origin.reason}` : origin.kind)],
    [
      'Today',
      `${stats.tokensToday} tokens, ${stats.evictedToday} evicted in ${stats.evictionsToday} evictions, ${stats.rebuildsToday} rebuilds`,
    ],
    ['Appended, decoded', `${stats.appendedTokens}, ${stats.decodedTokens} tokens`],
    [
      'Speed',
      `${speed(stats.tokensPerSecond)} generating, ${speed(stats.promptTokensPerSecond)} reading, first token after ${Math.round(stats.firstTokenMs)} ms`,
    ],
    ['Keys and values', memory?.kvBytes === undefined ? undefined : bytes(memory.kvBytes)],
    ['GPU memory', memory?.gpuBytes === undefined ? undefined : `${bytes(memory.gpuBytes)} of ${bytes(memory.gpuTotalBytes ?? 0)}`],
  ];
}

function settingLines(settings: readonly SettingValue[]): readonly Line[] {
  const changed = settings.filter(({ value, schema }) => JSON.stringify(value) !== JSON.stringify(schema.default));
  return changed.map(({ key, value, schema }) => [key, harmlessValue(key, value, schema)]);
}

function failureLines(failures: readonly Failure[]): readonly Line[] {
  return failures.map(({ at, report: { code, args, detail = '' } }) => {
    const parts = [code, harmlessArguments(args), harmlessDetail(code, detail)];
    return [new Date(at).toISOString(), parts.filter((part) => part !== '').join(' · ')];
  });
}

/** Files are known by their names alone, whichever system they lie on. */
function lastPart(path: string): string {
  return basename(win32.basename(path));
}

function bytes(count: number): string {
  return count < 1e9 ? `${(count / 1e6).toFixed(1)} MB` : `${(count / 1e9).toFixed(2)} GB`;
}

function speed(tokensPerSecond: number): string {
  return `${tokensPerSecond.toFixed(1)} tokens/s`;
}
