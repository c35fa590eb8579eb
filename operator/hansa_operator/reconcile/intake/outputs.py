"""The outputs of an attempt as they are sent: a zip, summarised by the runner's own rule without unpacking it."""

import io
import struct
import zipfile
import zlib

from hansa_jobs.runner.outputs import Outputs, stream_digest
from hansa_operator.ports.intake import IntakeRefused

MAX_UNPACKED_BYTES = 1024**3
MAX_FILES = 100_000

_ENTRY = b"PK\x01\x02"
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError)


def summarise_zip(data: bytes, *, max_bytes: int = MAX_UNPACKED_BYTES, max_files: int = MAX_FILES) -> Outputs:
    """Return digest and size of the files in a zip; raises IntakeRefused for what the agent would never send."""
    # Counted before they are read: the directory of a hostile zip alone could fill the memory.
    if data.count(_ENTRY) > max_files:
        raise IntakeRefused(413, "TooManyFiles", f"the zip has more than {max_files} files: write fewer outputs")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _summarise(archive, max_bytes)
    except _BROKEN as broken:
        raise IntakeRefused(400, "BadZip", f"the result is no readable zip ({broken}): send it again") from broken


def _summarise(archive: zipfile.ZipFile, max_bytes: int) -> Outputs:
    entries = sorted(archive.infolist(), key=lambda entry: entry.filename)
    size = sum(entry.file_size for entry in entries)
    if size > max_bytes:
        what = f"the outputs have {size} bytes, more than {max_bytes}: write less to HANSA_OUTPUT_DIR"
        raise IntakeRefused(413, "TooLarge", what)
    if any(entry.compress_type not in _PACKED for entry in entries):
        raise IntakeRefused(400, "BadZip", "the zip is packed in a way other than deflate: pack it as the agent does")
    return Outputs.of((entry.filename, entry.file_size, _file_digest(archive, entry)) for entry in entries)


def _file_digest(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    with archive.open(entry) as file:
        return stream_digest(file)
