import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CudaRelease } from '../../../src/engine/cuda/cuda-release.ts';

/** Shaped as the real ones are, without their libraries. */
function writePackage(folder: string, name: string, version: string): void {
  mkdirSync(join(folder, 'dist'), { recursive: true });
  const exports = { '.': { import: './dist/index.js', node: './dist/index.js', default: './dist/index.js' } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version, type: 'module', exports, files: ['dist/'] }));
  writeFileSync(
    join(folder, 'dist', 'index.js'),
    `export const getBinsDir = () => ({ binsDir: '/nowhere', packageVersion: '${version}' });\n`,
  );
}

/** Puts small packages with the names of a release where a release lies. */
export function writeRelease(folder: string, { packages, version }: CudaRelease): void {
  for (const { name } of packages) writePackage(join(folder, 'node_modules', name), name, version);
}

const archives = new Map<string, Buffer>();

/** The archive of a small package, made by npm, once. */
function archiveOf(name: string, version: string): Buffer {
  const key = `${name}@${version}`;
  const archive = archives.get(key) ?? packArchive(name, version);
  archives.set(key, archive);
  return archive;
}

function packArchive(name: string, version: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'endless-package-'));
  try {
    writePackage(folder, name, version);
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--no-dry-run', '--pack-destination=.'], {
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as { filename: string }[];
    return readFileSync(join(folder, packed!.filename));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A registry of npm on the loopback that has the packages of a release, small ones. */
export class LocalRegistry {
  /** What it has, with the checksums of that. */
  readonly release: CudaRelease;
  /** Settles with the first request for an archive. */
  readonly askedForArchive = Promise.withResolvers<void>();
  readonly asked: string[] = [];
  /** Archives are not sent before it settles. */
  gate: Promise<void> = Promise.resolve();
  readonly #archives: ReadonlyMap<string, Buffer>;
  readonly #server: Server;

  private constructor(server: Server, names: readonly string[], version: string) {
    this.#server = server;
    this.#archives = new Map(names.map((name) => [name, archiveOf(name, version)]));
    const packages = [...this.#archives].map(([name, archive]) => ({
      name,
      integrity: `sha512-${createHash('sha512').update(archive).digest('base64')}`,
      downloadBytes: archive.length,
      unpackedBytes: archive.length,
    }));
    this.release = { version, packages };
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response));
  }

  static async start(names: readonly string[], version: string): Promise<LocalRegistry> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new LocalRegistry(server, names, version);
  }

  get address(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(request.url ?? '').slice(1);
    this.asked.push(path);
    const name = path.replace(/\.tgz$/, '');
    const archive = this.#archives.get(name);
    if (!archive) return void response.writeHead(404).end('{}');
    if (path === name) return void response.writeHead(200, { 'content-type': 'application/json' }).end(this.#document(name));
    this.askedForArchive.resolve();
    await this.gate;
    response.writeHead(200).end(archive);
  }

  #document(name: string): string {
    const { version } = this.release;
    const dist = { tarball: `${this.address}/${name}.tgz` };
    return JSON.stringify({ name, 'dist-tags': { latest: version }, versions: { [version]: { name, version, dist } } });
  }
}
