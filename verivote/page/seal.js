// Seals a ballot in the voter's browser: the same bytes as verivote/ballot.py. Needs HTTPS or localhost, for WebCrypto.

import { Aes128Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "./vendor/hpke.js";

const STEP = 64;
const bytesOf = (text) => new TextEncoder().encode(text);

// `choices` is { group: [ids] }. The promise fails with an Error whose message is the code of what the rules forbid.
export async function seal(entry, choices) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(canonical(entry))));
  const reason = reasonVoid(entry.rules, choices);
  if (reason) throw new Error(reason);
  const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });
  const recipientPublicKey = await suite.kem.deserializePublicKey(fromHex(entry.key));
  const info = joined(bytesOf("verivote/1 ballot "), hash);
  const { ct, enc } = await suite.seal({ recipientPublicKey, info }, plaintext(entry.rules, toHex(hash), choices));
  return joined(new Uint8Array(enc), new Uint8Array(ct));
}

// The code of why a ballot with these choices would be void, or null.
export function reasonVoid(rules, choices) {
  const groups = new Map(rules.groups.map((each) => [each.id, each]));
  if (Object.keys(choices).some((id) => !groups.has(id))) return "unknown_group";
  for (const { id, least, most, candidates } of rules.groups) {
    const chosen = choices[id] ?? [];
    if (chosen.some((each) => !candidates.some((one) => one.id === each))) return "unknown_candidate";
    if (new Set(chosen).size < chosen.length) return "twice";
    if (chosen.length < least) return "too_few";
    if (chosen.length > most) return "too_many";
  }
  return null;
}

// The length of the JSON in four bytes, the JSON, zeros: as long as the longest ballot that these rules allow.
function plaintext(rules, shown, choices) {
  const json = (of) => bytesOf(canonical({ poll: rules.poll, rules: shown, choices: of }));
  const length = (id) => bytesOf(canonical(id)).length;
  const longest = {}, every = {};
  for (const { id, most, candidates } of rules.groups) {
    longest[id] = candidates.map((each) => each.id).sort((a, b) => length(b) - length(a)).slice(0, most);
    every[id] = [...(choices[id] ?? [])].sort(byCodePoint);
  }
  const padded = new Uint8Array(Math.ceil((4 + json(longest).length) / STEP) * STEP);
  const text = json(every);
  new DataView(padded.buffer).setUint32(0, text.length);
  padded.set(text, 4);
  return padded;
}

// verivote/canonical.py: keys sorted by code point, no white space, whole numbers only.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const names = Object.keys(value).sort(byCodePoint);
    return `{${names.map((name) => `${canonical(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Error("not_canonical");
  return JSON.stringify(value);
}

function byCodePoint(one, two) {
  const [first, second] = [[...one], [...two]];
  for (let at = 0; at < Math.min(first.length, second.length); at++) {
    const away = first[at].codePointAt(0) - second[at].codePointAt(0);
    if (away) return away;
  }
  return first.length - second.length;
}

function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const toHex = (bytes) => Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");
const fromHex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
