import { spawnSync } from 'node:child_process';
import { installDebianPackages } from './debian-packages.ts';

/** Debian's own comes first: only it sees Debian's packages. */
const INTERPRETERS = ['/usr/bin/python3', 'python3', 'python'];
const LIBRARIES = 'import torch, sentencepiece, numpy';
/** Without a fast BLAS a matrix product takes sixty times as long. */
const PACKAGES = ['python3-torch', 'python3-sentencepiece', 'python3-numpy', 'libopenblas0-pthread'];

/** A Python that has what the training needs; installs it when there is none. */
export function ensurePython(): string {
  if (findPython() === undefined) installDebianPackages(PACKAGES, 'PyTorch with SentencePiece, for the tests of the training,');
  const python = findPython();
  if (python === undefined) throw new Error('No Python with torch, sentencepiece and numpy found.');
  return python;
}

function findPython(): string | undefined {
  return INTERPRETERS.find((interpreter) => spawnSync(interpreter, ['-c', LIBRARIES]).status === 0);
}
