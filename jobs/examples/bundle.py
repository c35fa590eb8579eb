"""Write each example's code into the ConfigMap of its job.yaml, so that plain `kubectl apply -f` runs it."""

import sys
import textwrap
from pathlib import Path

HERE = Path(__file__).parent
MARK = "\ndata:\n"
END = "---\n"


def bundled(manifest: str, folder: Path) -> str:
    """Return the manifest with every file of its ConfigMap replaced by the source beside it."""
    if MARK not in manifest:
        return manifest
    head, rest = manifest.split(MARK, 1)
    data, tail = rest.split(END, 1)
    names = [line.strip().removesuffix(": |") for line in data.splitlines() if line.startswith("  ") and line[2] != " "]
    blocks = (f"  {name}: |\n{textwrap.indent(find(folder, name).read_text(), '    ')}" for name in names)
    return head + MARK + "".join(blocks) + END + tail


def find(folder: Path, name: str) -> Path:
    """Return the source file of that name in the example's folder, else in the one example that has it."""
    own = folder / name
    return own if own.exists() else next(HERE.glob(f"*/{name}"))


def main() -> int:
    """Rewrite the manifests, or with --check only tell which are stale."""
    stale = []
    for path in sorted(HERE.glob("*/job.yaml")):
        fresh = bundled(path.read_text(), path.parent)
        if fresh != path.read_text():
            stale.append(path)
            if "--check" not in sys.argv:
                path.write_text(fresh)
    for path in stale:
        print(path.relative_to(HERE))
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
