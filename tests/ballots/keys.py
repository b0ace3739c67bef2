"""The keys of the polls of these tests: of the three holders, and of the observers."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PRIVATE = ec.derive_private_key(20261128, ec.SECP256R1())
OBSERVERS = {name: Ed25519PrivateKey.from_private_bytes(bytes([at]) * 32) for at, name in enumerate("甲乙丙", 1)}
