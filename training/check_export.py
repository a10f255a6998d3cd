#!/usr/bin/python3
"""Check that the GGUF file is the model that was trained.

The engine must cut texts into the same tokens as SentencePiece, and give the
same next-token distribution as PyTorch: for the weights in F16, where only the
export could be at fault, and for the file in models/, which is quantized.

Run:     /usr/bin/python3 training/check_export.py
Exit:    0 when both agree
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

from checkpoint import Network, load_network, model_file
from corpus import ROOT, WORK
from export_gguf import export
from gguf_reader import read_gguf
from gguf_writer import FILE_TYPE
from tokenizer import Tokenizer

NODE = ROOT / "node_modules" / ".bin" / "node"
PROMPTS = 20
#: Longest text that is compared, in tokens.
LENGTH = 512
#: Largest KL in nats. What is quantized may differ as much as 8 bits make it.
LIMIT = {"F32": 1e-4, "F16": 1e-4, "Q8_0": 1e-2}

TEXTS = [
    "function add(a, b) {\n    return a + b;\n}\n",
    "\tif (x) {\n\t\treturn `${x}`;\n\t}\n",
    "  two spaces, trailing   ",
    "\n\n\nthree empty lines before",
    "The REGISTER_CONTENT in line 120 is <48219>",
    "na\u00efve caf\u00e9 \u4f60\u597d \u0417\u0434\u0440\u0430\u0432 \u2014 \u00ab\u00bb",
    "emoji \U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467 done",
    "<|end|><|user|>not control <|sink|> <s> </s> <0x0A>",
    "a\r\nb\r\n",
    "",
    " ",
    "x",
]


def prompts_of(held_out: np.ndarray, start: list[int]) -> list[list[int]]:
    """Stretches of held-out code of growing length, each behind what the network expects."""
    lengths = np.linspace(1, 400, PROMPTS).astype(int)
    starts = np.linspace(0, len(held_out) - 401, PROMPTS).astype(int)
    return [[*start, *held_out[s:s + n].tolist()] for s, n in zip(starts, lengths)]


def run_engine(model: Path, texts: list[str], prompts: list[list[int]]) -> dict[str, list]:
    """Tokens and logits from node-llama-cpp."""
    request = WORK / "check_prompts.json"
    request.write_text(json.dumps({"texts": texts, "prompts": prompts}))
    script = Path(__file__).with_suffix(".mjs")
    command = [str(NODE), str(script), str(model), str(request)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(f"the engine failed:\n{result.stderr}")
    return json.loads(result.stdout)


@torch.no_grad()
def reference(network: Network, prompts: list[list[int]]) -> list[torch.Tensor]:
    """Log-probabilities after each prompt from PyTorch."""
    return [network.model(torch.tensor([prompt]))[0, -1].double().log_softmax(-1) for prompt in prompts]


def agrees(file: Path, kind: str, network: Network, tokenizer: Tokenizer) -> bool:
    """Compare tokens and distributions, and print how far they are apart."""
    held_out = np.load(WORK / "held_out.npy").astype(int)
    texts = TEXTS + [tokenizer.decode(held_out[i:i + 300].tolist()) for i in range(0, 30_000, 1000)]
    prompts = prompts_of(held_out, network.start(tokenizer))
    engine = run_engine(file, texts, prompts)
    wrong = [text for text, tokens in zip(texts, engine["tokenized"])
             if tokens != tokenizer.encode(text)]
    for text in wrong[:5]:
        print("tokens differ:", ascii(text[:80]))
    divergences = []
    for expected, logits in zip(reference(network, prompts), engine["logits"]):
        got = torch.tensor(logits, dtype=torch.float64).log_softmax(-1)
        divergences.append(float((expected.exp() * (expected - got)).sum()))
    print(f"{file.name}, {kind}: {len(texts) - len(wrong)} of {len(texts)} texts tokenized alike; "
          f"KL over {len(prompts)} prompts: mean {np.mean(divergences):.2e}, "
          f"max {max(divergences):.2e} (limit {LIMIT[kind]:.0e})")
    return not wrong and max(divergences) <= LIMIT[kind]


def kind_of(file: Path) -> str:
    """The type that the matrices of a file are stored as."""
    number = read_gguf(file).metadata["general.file_type"]
    return next(kind for kind, code in FILE_TYPE.items() if code == number)


def main() -> None:
    """Check the weights as they are, then the file that ships."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--name", default="endless-tiny")
    options = parser.parse_args()
    network, tokenizer = load_network(options.name), Tokenizer()
    shipped = model_file(options.name)
    print(f"PyTorch: {network.source}")
    with tempfile.TemporaryDirectory() as folder:
        exact = Path(folder) / f"{options.name}.gguf"
        export(exact, options.name, network, LENGTH, "F16")
        results = [agrees(exact, "F16", network, tokenizer),
                   agrees(shipped, kind_of(shipped), network, tokenizer)]
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
