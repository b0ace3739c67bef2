"""A small OpenID provider on this machine: it signs in whoever the test says, and checks what it is asked."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "gongjian", "between-us"


class Provider(ThreadingHTTPServer):
    """`claims` is who signs in next; `issuer` and `audience` are what its tokens say, right or wrong."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.issuer, self.audience = self.address, CLIENT
        self.claims: dict[str, Any] = {"sub": "s-1"}
        self.challenge = ""
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def approve(self, away: str) -> dict[str, str]:
        """What the browser brings back after the person has signed in at the address `away`."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(away).query).items()}
        assert away.startswith(f"{self.address}/authorise?")
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        assert asked["code_challenge_method"] == "S256" and "openid" in asked["scope"].split()
        self.challenge = asked["code_challenge"]
        return {"code": "good", "state": asked["state"]}


class Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        if self.path == "/.well-known/openid-configuration":
            here = self.server.address
            self._json(
                {
                    "issuer": here, "authorization_endpoint": f"{here}/authorise", "token_endpoint": f"{here}/token",
                    "userinfo_endpoint": f"{here}/who", "jwks_uri": f"{here}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )  # fmt: skip
        elif self.path == "/who" and self.headers["Authorization"] == "Bearer access":
            self._json(self.server.claims)
        else:
            self._json({"error": "not found"}, 404)

    def do_POST(self) -> None:
        sent = {k: v[0] for k, v in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        is_right = (
            (sent.get("client_id"), sent.get("client_secret"), sent.get("code")) == (CLIENT, SECRET, "good")
            and base64.urlsafe_b64encode(digest).decode().rstrip("=") == self.server.challenge
        )  # fmt: skip
        if not is_right:
            self._json({"error": "invalid_grant"}, 400)
            return
        now = int(time.time())
        said = {"iss": self.server.issuer, "aud": self.server.audience, "iat": now, "exp": now + 60}
        token = jwt.encode(said | self.server.claims, self.server.key, "RS256")
        self._json({"access_token": "access", "token_type": "Bearer", "id_token": token, "expires_in": 60})

    def _json(self, value: object, status: int = 200) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def running() -> Iterator[Provider]:
    with Provider() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
