// Sealing in base mode with one message: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM (RFC 9180, sections 4–6).
// The arithmetic is the browser's own (WebCrypto); here stands only the order of its steps. Held by the vectors of
// RFC 9180, A.3, and by what `verivote` opens.
"use strict";

(function () {
  const text = new TextEncoder();
  const VERSION = text.encode("HPKE-v1");
  const KEM = join(text.encode("KEM"), Uint8Array.of(0, 0x10));
  const SUITE = join(text.encode("HPKE"), Uint8Array.of(0, 0x10, 0, 1, 0, 1));
  const NOTHING = new Uint8Array(0);
  const CURVE = { name: "ECDH", namedCurve: "P-256" };

  function join(...parts) {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { whole.set(part, at); at += part.length; }
    return whole;
  }

  async function hmac(key, data) {
    const raw = key.length ? key : new Uint8Array(32); // RFC 5869: an empty salt is as many zeros as the hash is long
    const held = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", held, data));
  }

  function extract(suite, salt, label, material) {
    return hmac(salt, join(VERSION, suite, text.encode(label), material));
  }

  // At most 32 bytes, which is one step of HKDF-Expand.
  async function expand(suite, key, label, info, length) {
    const size = Uint8Array.of(length >> 8, length & 255);
    const step = join(size, VERSION, suite, text.encode(label), info, Uint8Array.of(1));
    return (await hmac(key, step)).slice(0, length);
  }

  async function encapsulate(receiver, pair) {
    const key = await crypto.subtle.importKey("raw", receiver, CURVE, false, []);
    const own = pair || await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
    const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: key }, own.privateKey, 256);
    const enc = new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey));
    const first = await extract(KEM, NOTHING, "eae_prk", new Uint8Array(shared));
    return { enc, secret: await expand(KEM, first, "shared_secret", join(enc, receiver), 32) };
  }

  // The encapsulated key and the ciphertext, as one. `pair` is for tests alone: an ephemeral key that is known.
  async function seal(receiver, info, plain, more = NOTHING, pair = null) {
    const { enc, secret } = await encapsulate(receiver, pair);
    const psk = await extract(SUITE, NOTHING, "psk_id_hash", NOTHING);
    const context = join(Uint8Array.of(0), psk, await extract(SUITE, NOTHING, "info_hash", info));
    const made = await extract(SUITE, secret, "secret", NOTHING);
    const raw = await expand(SUITE, made, "key", context, 16);
    const iv = await expand(SUITE, made, "base_nonce", context, 12);
    const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: more }, key, plain);
    return join(enc, new Uint8Array(sealed));
  }

  globalThis.hpke = { seal, join };
})();
