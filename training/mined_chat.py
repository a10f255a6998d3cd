"""Mine question and answer pairs from documentation comments.

A documentation comment and the declaration below it say the same thing twice,
in words and in code. That is enough for pairs like "What does X do?" ->
sentence, "Document this function" -> comment, "Write a function that ..." ->
code. Nothing here is invented: both sides come from the source file.
"""

from __future__ import annotations

import random
import re
from typing import Iterator, NamedTuple

MAX_CODE_LINES = 22
MAX_CODE_CHARS = 700
MAX_SENTENCE_CHARS = 260
MAX_WISH_CHARS = 140


class Pair(NamedTuple):
    """One question with its answer."""

    question: str
    answer: str


class Documented(NamedTuple):
    """A documented declaration found in a source file."""

    name: str
    owner: str
    sentence: str
    comment: str
    parameters: list[tuple[str, str]]
    signature: str
    code: str


COMMENT = re.compile(r"^([ \t]*)/\*\*((?:(?!\*/).)*?)\*/[ \t]*\n", re.S | re.M)
OWNER = re.compile(
    r"^[ \t]*(?:export )?(?:declare )?(?:default )?(?:abstract )?"
    r"(?:interface|class|namespace|module) (\w+)", re.M)
FUNCTION = re.compile(
    r"[ \t]*((?:export )?(?:default )?(?:declare )?(?:async )?function\*? (\w+)\s*[(<])")
METHOD = re.compile(
    r"[ \t]*((?:public |protected )?(?:readonly )?(?:static )?(?:async )?(?:get |set )?"
    r"(\w+)\??\s*[(<])")
VALUE = re.compile(
    r"[ \t]*((?:export )?(?:declare )?(?:const|let|var|class|interface|type|enum) (\w+)\b)")
PROPERTY = re.compile(r"[ \t]*((?:readonly )?(\w+)\??: [^\n;]{2,80};)")
PARAMETER = re.compile(
    r"^@param\s+(?:\{[^\n]*?\}\s+)?\[?(\w+)[^\s\]]*\]?[ \t]*-?[ \t]*([^\n@]{4,160})", re.M)
LINK = re.compile(r"\{@\w+\s+([^}|]*?)(?:\s*\|\s*([^}]*))?\}")
COMMAND = re.compile(
    r"(Get|Set|Check|Return|Create|Parse|Convert|Find|Remove|Add|Read|Write|Make|Build|Compute|"
    r"Determine|Format|Normalize|Resolve|Compare|Merge|Load|Validate|Generate|Transform|Wrap|Split|"
    r"Apply|Initialize|Update|Sort|Filter|Extract|Encode|Decode|Count|Copy|Clone) ")
PLAIN_FUNCTION = re.compile(r"^([ \t]*)((?:export )?(?:async )?function (\w{3,40})\()", re.M)
KEYWORDS = {"if", "for", "while", "switch", "return", "catch", "function", "constructor", "new"}


def text_of(comment: str) -> str:
    """The inside of a documentation comment without stars."""
    lines = [re.sub(r"^\s*\*? ?", "", line).rstrip() for line in comment.strip().split("\n")]
    return "\n".join(lines).strip()


def plain(text: str) -> str:
    """Replace {@link X} and runs of white space."""
    text = LINK.sub(lambda link: link.group(2) or link.group(1), text)
    return re.sub(r"\s+", " ", text).strip()


def first_sentences(text: str) -> str:
    """The first sentences of the description, "" when there is nothing usable."""
    description = plain(re.split(r"\n\s*\n|^\s*@|```|\n\s*[-*] ", text, maxsplit=1, flags=re.M)[0])
    kept = ""
    for sentence in re.findall(r".+?[.!?](?=\s|$)|.+$", description):
        if len(kept) + len(sentence) > MAX_SENTENCE_CHARS:
            break
        kept += sentence
    kept = kept.strip()
    if not 12 <= len(kept) <= MAX_SENTENCE_CHARS or not re.match(r"[A-Z`]", kept):
        return ""
    if re.search(r"copyright|eslint|@type|TODO|http", kept, flags=re.I) or kept.isupper():
        return ""
    return kept if kept[-1] in ".!?" else kept.rstrip(",;:") + "."


def parameters_of(text: str) -> list[tuple[str, str]]:
    """Names and descriptions of the @param tags."""
    return [(name, plain(words)) for name, words in PARAMETER.findall(text)]


def balanced(text: str, start: int) -> str:
    """The code from start to the brace that closes its first one, "" when too long."""
    depth = 0
    for index in range(start, min(len(text), start + MAX_CODE_CHARS)):
        if text[index] == "{":
            depth += 1
        elif text[index] == "}":
            depth -= 1
            if depth == 0:
                rest = text[index + 1:index + 3]
                if rest[:1] in (")", ",", " ") or rest[:1] == "{":
                    continue  # a destructured parameter or a return type, the body comes later
                return text[start:index + 1]
    return ""


def dedent(code: str, indentation: str) -> str:
    """Remove the indentation of the first line from all lines."""
    return "\n".join(line.removeprefix(indentation) for line in code.split("\n"))


def documented(text: str) -> Iterator[Documented]:
    """Find the documented declarations of a file."""
    owners = [(match.start(), match.group(1)) for match in OWNER.finditer(text)]
    for match in COMMENT.finditer(text):
        body = text_of(match.group(2))
        sentence = first_sentences(body)
        if not sentence or len(match.group(0)) > 1500:
            continue
        indentation, start = match.group(1), match.end()
        for kind in (FUNCTION, VALUE, METHOD, PROPERTY):
            declaration = kind.match(text, start)
            if declaration:
                break
        if not declaration or declaration.group(2) in KEYWORDS:
            continue
        owner = ""
        if indentation:
            before = [name for position, name in owners if position < match.start()]
            owner = before[-1] if before else ""
        line = text[start:text.index("\n", start)].strip()
        code = ""
        if kind is not PROPERTY and "{" in text[start:start + 300]:
            code = balanced(text, start)
            if not 1 <= code.count("\n") <= MAX_CODE_LINES or ";" in code.split("{")[0]:
                code = ""
        yield Documented(
            declaration.group(2), owner, sentence, dedent(match.group(0).rstrip(), indentation),
            parameters_of(body), line if len(line) < 160 else "", dedent(code, indentation),
        )


def language(path: str) -> str:
    """The name of the language in a fence."""
    return "ts" if path.endswith(("ts", "tsx")) else "js"


def fence(code: str, name: str) -> str:
    """Code in a Markdown fence."""
    return f"```{name}\n{code.strip()}\n```"


def as_wish(sentence: str) -> str:
    """Turn "Returns the name." into "returns the name", "" when it is no verb form."""
    first = sentence.split(". ")[0].rstrip(".")
    word = first.split(" ")[0]
    is_verb = re.fullmatch(r"[A-Z][a-z]+s", word) and not word.endswith(("ss", "This", "Has"))
    if is_verb and len(first) < MAX_WISH_CHARS:
        return first[0].lower() + first[1:]
    return ""


def as_command(sentence: str) -> str:
    """Turn "Return the name." into "return the name" for "Write a function to ..."."""
    first = sentence.split(". ")[0].rstrip(".")
    if COMMAND.match(first) and len(first) < MAX_WISH_CHARS:
        return first[0].lower() + first[1:]
    return ""


def pairs_about(item: Documented, name: str, choose: random.Random) -> list[Pair]:
    """All pairs that one documented declaration gives."""
    full = f"{item.owner}.{item.name}" if item.owner and item.owner != item.name else item.name
    spoken = choose.choice([full, f"`{full}`"])
    pairs = [Pair(choose.choice([
        f"What does {spoken} do?", f"What does {spoken} do?", f"What is {spoken}?",
        f"Explain {spoken}.", f"what does {spoken} do", f"Tell me about {spoken}.",
        f"What is {spoken} for?",
    ]), item.sentence)]
    if item.signature and choose.random() < 0.3:
        pairs.append(Pair(choose.choice([
            f"What is the signature of {spoken}?", f"How is {spoken} declared?",
            f"Show me the type of {spoken}.",
        ]), fence(item.signature.rstrip("{ "), name)))
    if item.parameters and choose.random() < 0.5:
        pairs.append(Pair(choose.choice([
            f"Which parameters does {spoken} take?", f"What are the arguments of {spoken}?",
        ]), "\n".join(f"- `{key}`: {words}" for key, words in item.parameters[:5])))
    subject = item.code or item.signature
    if subject and len(item.comment) < 600:
        noun = "function" if "(" in subject.split("\n")[0] else "code"
        if choose.random() < 0.5:
            pairs.append(Pair(choose.choice([
                f"Document this {noun}:", f"Document this {noun}.",
                f"Write a doc comment for this {noun}:", "Add a JSDoc comment:",
            ]) + "\n" + fence(subject, name), fence(item.comment, name)))
    if item.code:
        pairs.append(Pair(choose.choice([
            "What does this code do?", "Explain this code:",
            "What does this function do?", "Explain this function.",
        ]) + "\n" + fence(item.code, name), item.sentence))
        wish, command = as_wish(item.sentence), as_command(item.sentence)
        if wish:
            pairs.append(Pair(choose.choice([
                f"Write a function that {wish}.", f"Write a function that {wish}",
                f"write a function which {wish}", f"I need a function that {wish}.",
            ]), fence(item.code, name)))
        elif command:
            pairs.append(Pair(choose.choice([
                f"Write a function to {command}.", f"How do I {command}?",
                f"Show me code to {command}.",
            ]), fence(item.code, name)))
    return pairs


def words_of(name: str) -> str:
    """Split a camel case name into words: "parseHeaderLine" -> "parse header line"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").lower().strip()


def pairs_of(path: str, text: str, choose: random.Random) -> Iterator[Pair]:
    """All pairs of one source file."""
    name = language(path)
    for item in documented(text):
        yield from pairs_about(item, name, choose)
    for match in PLAIN_FUNCTION.finditer(text):
        code = balanced(text, match.start())
        if not 2 <= code.count("\n") <= MAX_CODE_LINES:
            continue
        title = match.group(3)
        yield Pair(choose.choice([
            f"Write a function named {title}.", f"Write the function {title}.",
            f"Show me the function `{title}`.",
            f"Write a function to {words_of(title)}.", f"How would you write {title}?",
        ]), fence(dedent(code, match.group(1)), name))
