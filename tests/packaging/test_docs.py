"""The documents say what is: names, paths, commands, links and numbers in them are those of the code."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from hansa_operator.api.crd import build_crds
from tests.packaging.commands import commands
from tests.packaging.conftest import REPOSITORY
from tests.packaging.told import QUOTED, in_base_units, value_of

DOCUMENTS = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for pattern in ("*.md", "docs/*.md", "docs/adr/*.md")
    for path in REPOSITORY.glob(pattern)
)
ROOTS = ("", "operator", "operator/hansa_operator", "chain_bridge", "jobs", "docs")
RUN = ("docs/quickstart.md", "docs/orders.md")
"""Documents whose blocks tests/e2e runs."""
HOSTS = {"keepachangelog.com", "semver.org", "hub.example.com"}
ELSEWHERE = re.compile(r"(\./)?(\.venv|build|dist|\.hansa|~)(/|$)|(hansa\.dev|k8s\.io)/")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"[\w.*-]+(/[\w.*-]+)+/?|[\w*-]+\.(py|md|toml|yaml|sol|svg|txt|json|mod|sum)")


@dataclass(frozen=True)
class Document:
    """Hold a document's text, its fenced blocks as (language, text), and its words in backticks."""

    name: str

    @property
    def text(self) -> str:
        return (REPOSITORY / self.name).read_text()

    @property
    def blocks(self) -> list[tuple[str, str]]:
        return FENCE.findall(self.text)

    @property
    def spans(self) -> list[str]:
        return SPAN.findall(FENCE.sub("", self.text))

    @property
    def commands(self) -> Iterator[str]:
        """Yield each line that a person could type."""
        for language, block in self.blocks:
            if language == "sh":
                yield from (line.strip() for line in block.splitlines() if line.strip())
        yield from (span for span in self.spans if re.match(r"(make|hansa) [a-z]", span))


@pytest.fixture(params=DOCUMENTS)
def document(request: pytest.FixtureRequest) -> Document:
    return Document(request.param)


@lru_cache(maxsize=1)
def files() -> frozenset[str]:
    argv = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout.splitlines()
    return frozenset(name for name in listed if (REPOSITORY / name).is_file())


@lru_cache(maxsize=1)
def words() -> frozenset[str]:
    """Return every word of the sources: what a document names has to be one."""
    found: set[str] = set()
    for name in files():
        if not name.endswith((".md", ".svg", ".sum", "requirements.txt", "package-lock.json", "test_docs.py")):
            found |= set(re.findall(r"\w+", (REPOSITORY / name).read_text(errors="replace")))
            found |= set(Path(name).parts) | {Path(name).stem}
    return frozenset(found)


def test_every_make_target_that_is_named_exists(document: Document) -> None:
    targets = {match[1] for line in document.commands if (match := re.match(r"make ([a-z0-9-]+)", line))}
    for target in sorted(targets):
        tried = subprocess.run(
            ["make", "--dry-run", target], cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
        assert tried.returncode == 0, tried.stderr


def test_every_command_of_hansa_exists_with_its_options(document: Document) -> None:
    known = commands()
    for line in document.commands:
        for name, below, rest in re.findall(
            r"\bhansa ([a-z]+)( [a-z]+)?([^|&;]*)", line if line[:6] == "hansa " else ""
        ):
            command = known.get(name + below) or known.get(name)
            assert command is not None, line
            options = {option for parameter in command.params for option in parameter.opts}
            assert set(re.findall(r"(?<!\S)--?[a-zA-Z][\w-]*", rest)) <= options, line


def test_what_a_document_tells_to_type_is_made_by_make_or_is_run_by_a_test(document: Document) -> None:
    if document.name in RUN:
        return
    for line in document.commands:
        known = line == ". .venv/bin/activate" or line.startswith(("make ", "hansa "))
        runs = re.fullmatch(r"pytest (\S+)", line)
        assert known or (runs is not None and (REPOSITORY / runs[1]).exists()), line


def test_every_path_that_is_named_is_there(document: Document) -> None:
    for span in document.spans:
        if PATH.fullmatch(span) is None or ELSEWHERE.match(span):
            continue
        found = any(any((REPOSITORY / root).glob(span)) for root in ROOTS)
        assert found or ("/" not in span and set(span.split(".")) <= words()), span


def test_every_name_in_backticks_is_a_word_of_the_sources(document: Document) -> None:
    for span in document.spans:
        if " " in span or "/" in span or PATH.fullmatch(span):
            continue
        missing = set(re.findall(r"(?<!\w)[A-Za-z]\w{2,}", span)) - words()
        assert not missing, span


def test_every_variable_of_the_environment_is_read_somewhere(document: Document) -> None:
    assert set(re.findall(r"\bHANSA_[A-Z_]+", document.text)) <= words()


def test_every_link_leads_somewhere(document: Document) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", document.text):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        place = (REPOSITORY / document.name).parent / path if path else REPOSITORY / document.name
        assert place.exists(), target
        assert not anchor or anchor in anchors(place), target


def anchors(place: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", place.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_constant_has_the_value_that_is_told(document: Document) -> None:
    for told, path in re.findall(r"\| (\d[^|]*) \| `([a-z_]\w*(?:\.\w+)+)` \|$", document.text, re.MULTILINE):
        assert in_base_units(told, path) == value_of(path), f"{path} is {value_of(path)}, told is {told}"


@pytest.mark.parametrize(("sentence", "path", "factor"), QUOTED)
def test_every_sentence_with_a_constant_tells_its_value(sentence: str, path: str, factor: int) -> None:
    text = re.sub(r"\s+", " ", " ".join(Document(name).text for name in DOCUMENTS))
    told = re.findall(sentence, text)
    assert told, "no document says this any more: take it out of the list"
    assert {int(number) * factor for number in told} == {value_of(path)}


def test_every_bound_of_a_field_is_in_its_schema() -> None:
    schemas = {crd["spec"]["names"]["kind"]: crd["spec"]["versions"][0]["schema"] for crd in build_crds()}
    rows = re.findall(r"^\| `([A-Z]\w+)\.([\w.]+)`[^|]*\| ([^|]+) \|$", Document("docs/limits.md").text, re.MULTILINE)
    assert len(rows) >= 15
    for kind, field, bound in rows:
        schema = schemas[kind]["openAPIV3Schema"]
        for name in field.split("."):
            schema = schema["properties"][name]
        own = {key: value for key, value in schema.items() if key not in ("items", "properties", "description")}
        assert set(re.findall(r"-?\d+", bound)) <= set(re.findall(r"-?\d+", json.dumps(own))), (kind, field, own)


def test_no_document_names_a_registry_or_a_place_of_one_machine(document: Document) -> None:
    assert set(re.findall(r"https?://([^/\s):`]+)", document.text)) <= HOSTS
    assert re.findall(r"(?<![\w.])/(?:work|root|home|tmp|usr|mnt)/", document.text) == []


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if re.match(r"docs/adr/\d", name)])
def test_every_decision_has_the_fixed_form_and_its_line_in_the_index(name: str) -> None:
    lines = Document(name).text.splitlines()
    assert lines[0].startswith(f"# {Path(name).name[:4]}. ")
    assert [line for line in lines if line.startswith("## ")] == ["## Context", "## Decision", "## Consequences"]
    assert len(lines) <= 50
    title = lines[0].partition(". ")[2]
    assert f"[{title}]({Path(name).name})" in Document("docs/adr/README.md").text


def test_the_picture_is_whole_and_fits_dark_screens() -> None:
    picture = (REPOSITORY / "docs" / "architecture.svg").read_text()
    assert ElementTree.fromstring(picture).get("viewBox")
    assert "prefers-color-scheme: dark" in picture
