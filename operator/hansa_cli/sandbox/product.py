"""The publisher's archive: an example's sources in a zip that is the same octets every time."""

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

from hansa_cli.sandbox.cast import Product
from hansa_cli.sandbox.home import Home
from hansa_cli.shipped import example

LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Archive:
    """Name a published archive and its sha256 (hex)."""

    path: Path
    sha256: str

    @property
    def uri(self) -> str:
        """Return where the runner fetches it."""
        return self.path.as_uri()


def pack_product(home: Home, product: Product) -> Archive:
    """Write the product's archive into the sandbox."""
    path = home.products / f"{product.name}-{product.version}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for source in sorted(example(product.example).glob("*.py")):
            entry = zipfile.ZipInfo(source.name, LONG_AGO)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, source.read_bytes(), zipfile.ZIP_DEFLATED)
    return Archive(path, hashlib.sha256(path.read_bytes()).hexdigest())
