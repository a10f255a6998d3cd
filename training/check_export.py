#!/usr/bin/python3
"""Check that the GGUF file is the model that was trained.

The engine must cut texts into the same tokens as SentencePiece, and give the
same next-token distribution as PyTorch: KL at most 1e-4 for F32 and F16.

Run:     /usr/bin/python3 training/check_export.py [FILE.gguf]
Exit:    0 when both hold
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch

from corpus import ROOT, WORK
from model import Llama, Shape
from tokenizer import Tokenizer

NODE = ROOT / "node_modules" / ".bin" / "node"
PROMPTS = 20
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


def prompts_of(held_out: np.ndarray, tokenizer: Tokenizer) -> list[list[int]]:
    """Stretches of held-out code of growing length, each behind the sink token."""
    lengths = np.linspace(1, 400, PROMPTS).astype(int)
    starts = np.linspace(0, len(held_out) - 401, PROMPTS).astype(int)
    return [[tokenizer.sink, *held_out[s:s + n].tolist()] for s, n in zip(starts, lengths)]


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
def reference(name: str, prompts: list[list[int]]) -> list[torch.Tensor]:
    """Log-probabilities after each prompt from PyTorch."""
    saved = torch.load(WORK / f"{name}.pt", map_location="cpu")
    model = Llama(Shape(**saved["shape"]))
    model.load_state_dict(saved["average"])
    model.eval()
    return [model(torch.tensor([prompt]))[0, -1].double().log_softmax(-1) for prompt in prompts]


def main() -> None:
    """Compare tokens and distributions."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", nargs="?", type=Path, default=ROOT / "models" / "endless-tiny.gguf")
    parser.add_argument("--name", default="endless-tiny", help="checkpoint to compare with")
    parser.add_argument("--kind", choices=list(LIMIT), default="Q8_0",
                        help="type of the file's weights, decides the limit")
    options = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = Tokenizer()
    held_out = np.load(WORK / "held_out.npy").astype(int)
    texts = TEXTS + [tokenizer.decode(held_out[i:i + 300].tolist()) for i in range(0, 30_000, 1000)]
    prompts = prompts_of(held_out, tokenizer)
    engine = run_engine(options.file, texts, prompts)

    wrong = [text for text, tokens in zip(texts, engine["tokenized"])
             if tokens != tokenizer.encode(text)]
    for text in wrong[:5]:
        print("tokens differ:", ascii(text[:80]))
    limit, divergences = LIMIT[options.kind], []
    for expected, logits in zip(reference(options.name, prompts), engine["logits"]):
        got = torch.tensor(logits, dtype=torch.float64).log_softmax(-1)
        divergences.append(float((expected.exp() * (expected - got)).sum()))
    print(f"{options.file.name}: {len(texts) - len(wrong)} of {len(texts)} texts tokenized alike; "
          f"KL over {len(prompts)} prompts: "
          f"mean {np.mean(divergences):.2e}, max {max(divergences):.2e} (limit {limit:.0e})")
    sys.exit(bool(wrong) or max(divergences) > limit)


if __name__ == "__main__":
    main()
