"""Raw ECDSA over secp256k1 on 32-byte digests, with signatures as Ethereum has them: r, s, v."""

from coincurve import PrivateKey, PublicKey

from hansa_protocol.identity import Address, address_from_bytes, keccak

_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


class SignatureError(ValueError):
    """Raised when bytes are no signature in its one valid form (65 bytes, v 27 or 28, low s), or a key is no key."""


def sign(digest: bytes, key: bytes) -> bytes:
    """Return the 65 bytes r ++ s ++ v (27 or 28) over a digest, deterministic (RFC 6979) and with low s."""
    _require_digest(digest)
    raw = _private(key).sign_recoverable(digest, hasher=None)
    return raw[:64] + bytes([raw[64] + 27])


def recover(digest: bytes, signature: bytes) -> Address:
    """Return who signed the digest; raises SignatureError for anything but the one valid form of a signature."""
    _require_digest(digest)
    if len(signature) != 65 or signature[64] not in (27, 28):
        raise SignatureError("a signature has 65 bytes: r, s and v, where v is 27 or 28")
    if int.from_bytes(signature[32:64], "big") > _ORDER // 2:
        raise SignatureError("the signature's s is in the upper half: sign with low s")
    try:
        raw = signature[:64] + bytes([signature[64] - 27])
        return _address(PublicKey.from_signature_and_message(raw, digest, hasher=None))
    except Exception as broken:  # the library raises bare Exception and ValueError
        raise SignatureError("the signature fits no key") from broken


def address_of(key: bytes) -> Address:
    """Return the address of a private key (32 bytes)."""
    return _address(_private(key).public_key)


def is_key(key: bytes) -> bool:
    """Return whether these bytes are a private key: 32, neither 0 nor beyond the curve's order."""
    return len(key) == 32 and 0 < int.from_bytes(key, "big") < _ORDER


def _private(key: bytes) -> PrivateKey:
    if not is_key(key):
        raise SignatureError("a private key has 32 bytes and is neither 0 nor beyond the curve's order")
    return PrivateKey(key)


def _address(public: PublicKey) -> Address:
    return address_from_bytes(keccak(public.format(compressed=False)[1:])[12:])


def _require_digest(digest: bytes) -> None:
    if len(digest) != 32:
        raise SignatureError(f"a digest has 32 bytes, not {len(digest)}")
