"""Fail at the first attempt and succeed at the next, as work does that meets a fault which a retry cures."""

import hashlib
import os
import sys
from pathlib import Path


def main() -> None:
    """Digest a megabyte in rounds; give up half-way when this is the first attempt."""
    attempt = int(os.environ["HANSA_ATTEMPT"])
    block = bytes(range(256)) * 4096
    digest = hashlib.sha256(b"hansa").digest()
    for step in range(1, 201):
        digest = hashlib.sha256(digest + block).digest()
        if step == 100 and attempt == 0:
            print("the fault that a first attempt meets at step 100", file=sys.stderr)
            sys.exit(3)
    Path(os.environ["HANSA_OUTPUT_DIR"], "digest.txt").write_text(f"{digest.hex()}\n")
    print(f"attempt {attempt}: 200 steps, digest {digest.hex()[:16]}")


if __name__ == "__main__":
    main()
