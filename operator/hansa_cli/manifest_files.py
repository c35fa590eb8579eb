"""Manifests that people name on the command line: files or standard input, with what is wrong in them told."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from hansa_cli.cluster.client import Manifest
from hansa_cli.cluster.yaml_reader import read_yaml, tell_fault
from hansa_cli.problem import ExitCode, Problem


def read_manifests(source: str) -> list[Manifest]:
    """Return the objects of a YAML or JSON file, or of standard input for `-`."""
    named = called(source)
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text("utf-8")
        documents = [document for document in read_yaml(text) if document]
    except OSError as failed:
        remedy = "give the path of a manifest, or - for standard input"
        raise Problem(f"cannot read {named}: {failed.strerror or failed}", remedy, code=ExitCode.USAGE) from failed
    except UnicodeDecodeError as broken:
        what = f"{named} is no text in UTF-8: {broken.reason} at byte {broken.start}"
        raise Problem(what, "give the path of a manifest in YAML or JSON", code=ExitCode.USAGE) from broken
    except yaml.YAMLError as broken:
        raise Problem(f"{named} is no valid YAML: {tell_fault(broken)}", "correct it", code=ExitCode.USAGE) from broken
    require_objects(named, documents)
    if not documents:
        raise Problem(f"{named} is empty", "give a file with an AIJob: see jobs/examples", code=ExitCode.USAGE)
    return documents


def called(source: str) -> str:
    """Return what a person calls a file that was named on the command line."""
    return "standard input" if source == "-" else source


def require_objects(named: str, documents: Iterable[Any]) -> None:
    """Raise Problem unless all of a file's documents are Kubernetes objects."""
    if not all(map(_is_object, documents)):
        remedy = "every document needs apiVersion, kind and metadata.name, as texts"
        raise Problem(f"{named} holds something that is no Kubernetes object", remedy, code=ExitCode.USAGE)


def _is_object(document: object) -> bool:
    """Return whether this can be sent: the rest of an object is the API server's to judge."""
    if not isinstance(document, dict) or not isinstance(document.get("metadata"), dict):
        return False
    metadata = document["metadata"]
    # A List has no name.
    optional = (metadata.get("name", ""), metadata.get("namespace") or "")
    return all(isinstance(text, str) for text in (document.get("apiVersion"), document.get("kind"), *optional))
