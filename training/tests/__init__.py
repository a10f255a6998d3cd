"""Tests of the recipe, from the sources of a few packages to a file in the engine.

Run:     /usr/bin/python3 -m unittest discover -s training -t training
Needs:   npm ci, for the engine and for something to read
"""

import atexit
import os
import tempfile

#: A folder of their own, so that no test ever touches a training.
_folder = tempfile.TemporaryDirectory(prefix="endless-training-")
atexit.register(_folder.cleanup)
os.environ["ENDLESS_TRAINING_WORK"] = _folder.name
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
