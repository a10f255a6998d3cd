/** A package of a registry, as it must be: nothing else is ever unpacked. */
export interface PinnedPackage {
  readonly name: string;
  /** Of its archive, in the form that lockfiles have (Subresource Integrity, SHA-512). */
  readonly integrity: string;
  /** Of its archive. */
  readonly downloadBytes: number;
  readonly unpackedBytes: number;
}

/** What the library needs to run on CUDA, for one platform. */
export interface CudaRelease {
  /** Of all its packages: that of node-llama-cpp, which takes no other. */
  readonly version: string;
  readonly packages: readonly PinnedPackage[];
}

/**
 * Those that are known, by platform and architecture. When node-llama-cpp moves, so must these: `npm view PACKAGE@VERSION
 * dist.integrity` tells a checksum. Another platform joins with the checksums of its packages.
 */
const RELEASES: Readonly<Record<string, CudaRelease>> = {
  'linux-x64': {
    version: '3.22.1',
    packages: [
      {
        name: '@node-llama-cpp/linux-x64-cuda',
        integrity: 'sha512-8rQCjyNNLZJUFit+YpjwlC4hwkKgOMIkB2wuycKBf8NU2O3ySKbiWZQ8aw9ku2nUTXjSnUIrE6KB88itduTBuA==',
        downloadBytes: 142_898_030,
        unpackedBytes: 189_368_411,
      },
      {
        name: '@node-llama-cpp/linux-x64-cuda-ext',
        integrity: 'sha512-4e5ajkiM2aR2WAdB/N/ACk4weEhHvOAIrzxZPsIX0xDFW5+6hhShuy1/vs88SK9NGdgAco9IyE28eYS0H1efpA==',
        downloadBytes: 176_664_119,
        unpackedBytes: 374_474_246,
      },
    ],
  },
};

/** @returns `undefined` where there is no CUDA, or where what to trust is not known. */
export function cudaRelease(platform = `${process.platform}-${process.arch}`): CudaRelease | undefined {
  return RELEASES[platform];
}
