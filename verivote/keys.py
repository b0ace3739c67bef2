"""Ed25519 (RFC 8032) for signatures and P-256 for sealing, as they stand in records: public keys in hexadecimal."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .errors import VerivoteError


def signer_hex(private: Ed25519PrivateKey) -> str:
    """The public half of a signing key: 32 bytes in hexadecimal."""
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def sealing_hex(private: EllipticCurvePrivateKey) -> str:
    """The public half of a sealing key: the uncompressed point, 65 bytes in hexadecimal."""
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint).hex()


def sealing_key(key: str) -> EllipticCurvePublicKey:
    """The public key to seal with. Raises VerivoteError if it is no point of P-256."""
    try:
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), bytes.fromhex(key))
    except ValueError as problem:
        raise VerivoteError("sealing_key") from problem


def holds(signer: str, signature: str, message: bytes) -> bool:
    """Whether a signature over the message is of the signer; both in hexadecimal."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
