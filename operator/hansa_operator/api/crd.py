"""Build the CustomResourceDefinitions from the models: `python -m hansa_operator.api.crd FOLDER` writes them."""

import sys
from pathlib import Path
from typing import Any

from hansa_operator.api.kinds import KINDS, Kind
from hansa_operator.api.model import GROUP, VERSION
from hansa_operator.api.rules import rule, rules
from hansa_operator.api.schema import Schema, build_schema

MAX_NAME = 63
_META = {"type": "object"}
_HEADER = "# Made from the models by `make crds`; change operator/hansa_operator/api instead.\n"


def build_crds() -> list[dict[str, Any]]:
    """Return the CustomResourceDefinitions of all kinds."""
    return [build_crd(kind) for kind in KINDS.values()]


def build_crd(kind: Kind) -> dict[str, Any]:
    """Return the CustomResourceDefinition of a kind."""
    names = {
        "kind": kind.name,
        "listKind": f"{kind.name}List",
        "plural": kind.plural,
        "singular": kind.singular,
        "categories": [GROUP.removesuffix(".dev")],
    }
    if kind.short_names:
        names["shortNames"] = list(kind.short_names)
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "names": names,
            "scope": "Namespaced" if kind.namespaced else "Cluster",
            "versions": [_version(kind)],
        },
    }


def _version(kind: Kind) -> dict[str, Any]:
    return {
        "name": VERSION,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": _object_schema(kind)},
        "subresources": _subresources(kind),
        "additionalPrinterColumns": [
            {"name": column.name, "jsonPath": column.path, "type": column.type, "priority": int(column.wide)}
            for column in kind.columns
        ],
    }


def _object_schema(kind: Kind) -> Schema:
    schema = build_schema(kind.model)
    texts = {
        "apiVersion": "Version of this object's schema.",
        "kind": "What this object is.",
    }
    heads = {name: {"type": "string", "description": text} for name, text in texts.items()}
    schema["properties"] = {**heads, **schema["properties"], "metadata": _META}
    # Without a spec there is nothing to hold the rules to; a status appears later.
    schema["required"] = ["spec"]
    too_long = f"must have at most {MAX_NAME} characters: choose a shorter name"
    named = rule(f"size(self.metadata.name) <= {MAX_NAME}", f"metadata.name {too_long}")
    return {**schema, **rules(named)}


def _subresources(kind: Kind) -> dict[str, Any]:
    if not kind.scalable:
        return {"status": {}}
    scale = {
        "specReplicasPath": ".spec.minWorkers",
        "statusReplicasPath": ".status.workers.ready",
        "labelSelectorPath": ".status.selector",
    }
    return {"status": {}, "scale": scale}


def write_crds(folder: Path) -> list[Path]:
    """Write one YAML file a kind and return them."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for crd in build_crds():
        file = folder / f"{crd['metadata']['name']}.yaml"
        file.write_text(render(crd))
        written.append(file)
    return written


def render(crd: dict[str, Any]) -> str:
    """Return a definition as YAML, the same for the same models."""
    # Imported here: who only builds the definitions needs no YAML.
    import yaml

    return _HEADER + yaml.dump(crd, Dumper=_plain_dumper(), sort_keys=False, width=120)


def _plain_dumper() -> Any:
    import yaml

    class Plain(yaml.SafeDumper):
        """Write shared parts out instead of anchors."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    return Plain


def main() -> None:
    """Write the definitions into the folder given."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m hansa_operator.api.crd FOLDER")
    write_crds(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
