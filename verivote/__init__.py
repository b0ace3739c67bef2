"""Ballots that anybody can check: sealed envelopes, an append-only log, and the verifier of a published poll.

Pure Python with `cryptography` and nothing of the site, so that an outsider checks a result without it. Begin with
`docs/verivote.md`, which is the specification; `verify.py` is what an outsider runs, `ballot.py` what a voter's page
does.
"""

VERSION = "1.0.0"
