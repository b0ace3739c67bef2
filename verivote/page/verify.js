// The checks of verify.py, one by one, with the browser's own SHA-256 and Ed25519. Nothing leaves this page.

const ENTRY = 0, ENVELOPE = 1, ROLL_CHANGE = 2, WITHDRAWN = 3, CLOSED = 4, NOTE = 5, RECORD = 33;
const OF_LOG = ["entry_first", "records", "contents", "closed", "once",
  "heads_signed", "heads_rise", "heads_roots", "heads_hourly", "final_head"];
const OF_RESULT = ["numbers", "tallies", "channels", "turnout", "roll_changes", "steps", "signatures"];
const HOUR = 3600_000, FEWEST_VOTERS = 20, OBSERVERS = 2;
const sum = (numbers) => numbers.reduce((all, each) => all + each, 0);
const values = Object.values;
const pairwise = (row) => row.slice(1).map((after, at) => [row[at], after]);

// == entry ==
function different(where, names) {
  const twice = [...new Set(names.filter((name, at) => names.indexOf(name) !== at))].sort(byCodePoint);
  if (twice.length) throw new Wrong("named_twice", { where, name: twice[0] });
}

function checkRules(rules) {
  different("rules.channels", rules.channels);
  different("rules.groups", rules.groups.map((each) => each.id));
  for (const { id, least, most, candidates } of rules.groups) {
    different(`rules.groups.${id}`, candidates.map((each) => each.id));
    if (!(least <= most && most <= candidates.length)) throw new Wrong("choices_impossible", { group: id });
  }
  if (rules.closes <= rules.opens) throw new Wrong("closes_before_opening");
  if (rules.weight && rules.approval === null) throw new Wrong("weight_unapproved");
  if (rules.tie && rules.tie.held_after < rules.closes) throw new Wrong("draw_too_early");
  const groups = new Map(rules.groups.map((each) => [each.id, each.candidates]));
  different("rules.steps", rules.steps.map((each) => each.group));
  for (const { group, out = [], caps = [] } of rules.steps) {
    const candidates = groups.get(group);
    if (!candidates) throw new Wrong("step_group", { group });
    different(`rules.steps.${group}.out`, out.map((each) => each.candidate));
    different(`rules.steps.${group}.caps`, caps.map((each) => each.by));
    const unknown = out.map((each) => each.candidate).filter((id) => !candidates.some((each) => each.id === id));
    if (unknown.length) throw new Wrong("step_candidate", { group, candidate: unknown.sort(byCodePoint)[0] });
    for (const { by } of caps)
      if (by === "id" || candidates.some((each) => !has(each, by))) throw new Wrong("cap_attribute", { group, by });
  }
}

async function checkEntry(entry) {
  look(SHEETS.entry, entry, "entry");
  checkRules(entry.rules);
  if (entry.roll !== entry.rules.roll.hash) throw new Wrong("roll_hash");
  const keys = [entry.signer, ...entry.observers.map((each) => each.key)];
  if (new Set(keys).size < keys.length) throw new Wrong("keys_alike");
  try {
    await crypto.subtle.importKey("raw", fromHex(entry.key), { name: "ECDH", namedCurve: "P-256" }, false, []);
  } catch {
    throw new Wrong("sealing_key");
  }
}

// == signatures ==
async function holds(signer, signature, message) {
  try {
    const key = await crypto.subtle.importKey("raw", fromHex(signer), "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, fromHex(signature), message);
  } catch {
    return false;
  }
}

// Whether this browser knows Ed25519: the vector of RFC 8032, 7.1, test 1.
const knowsEd25519 = () => holds(
  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  new Uint8Array());

async function checkHead(signed, signer) {
  look(SHEETS.signed_head, signed, "signed_head");
  const message = joined(bytesOf("verivote/1 head\n"), canonical(signed.head));
  if (!(await holds(signer, signed.signature, message))) throw new Wrong("head_signature", { size: signed.head.size });
}

// == the tree ==
const node = (left, right) => sha256(joined(Uint8Array.of(1), left, right));

class Tree {
  // Roots of full subtrees, level by level; nothing more is needed for the root over any number of leaves.
  constructor(size) {
    this.size = size;
    this.levels = [new Uint8Array(32 * size)];
  }

  put(index, hash) {
    this.levels[0].set(hash, 32 * index);
  }

  at(level, index) {
    return this.levels[level].subarray(32 * index, 32 * index + 32);
  }

  async grow() {
    for (let level = 0; this.size >> (level + 1); level++) {
      const wide = this.size >> (level + 1), above = new Uint8Array(32 * wide);
      for (let begin = 0; begin < wide; begin += 4096) {
        const some = Array.from({ length: Math.min(4096, wide - begin) }, (_, at) => begin + at);
        const made = await Promise.all(some.map((at) => node(this.at(level, 2 * at), this.at(level, 2 * at + 1))));
        made.forEach((hash, at) => above.set(hash, 32 * (begin + at)));
      }
      this.levels.push(above);
    }
  }

  async root(size) {
    let found = null;
    for (let level = 0; size >> level; level++)
      if ((size >> level) & 1) {
        const left = this.at(level, (size >> level) - 1);
        found = found ? await node(left, found) : left;
      }
    return found;
  }
}

// The hashes from a leaf up to the root, each with what it was joined with: [{ beside, isLeft, found }].
async function way(index, size, leaf, proof) {
  if (!(index >= 0 && index < size)) throw new Wrong("inclusion");
  let at = index, last = size - 1, found = leaf;
  const steps = [{ found }];
  const half = (number) => Math.floor(number / 2), isOdd = (number) => number % 2 === 1;
  for (const each of proof) {
    if (last === 0) throw new Wrong("inclusion");
    const isLeft = isOdd(at) || at === last;
    found = isLeft ? await node(each, found) : await node(found, each);
    steps.push({ beside: each, isLeft, found });
    if (isLeft) {
      while (!isOdd(at) && at) [at, last] = [half(at), half(last)];
    }
    [at, last] = [half(at), half(last)];
  }
  if (last) throw new Wrong("inclusion");
  return steps;
}

// == receipts ==
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function receiptNumber({ leaf }) {
  const bits = BigInt(`0x${leaf.slice(0, 20)}`);
  const letters = Array.from({ length: 16 }, (_, at) => CROCKFORD[Number((bits >> BigInt(5 * (15 - at))) & 31n)]);
  return letters.join("").match(/..../g).join("-");
}

function receiptFrom(line) {
  const told = line.trim(), prefix = "VERIVOTE1:", letters = told.slice(prefix.length);
  if (!told.startsWith(prefix) || !/^[A-Z2-7]*$/.test(letters)) throw new Wrong("receipt_text");
  const data = new Uint8Array(Math.floor((letters.length * 5) / 8));
  let bits = 0, held = 0, at = 0;
  for (const letter of letters) {
    bits = ((bits << 5) | LETTERS.indexOf(letter)) & 0xfff;
    held += 5;
    if (held >= 8) {
      held -= 8;
      data[at++] = (bits >> held) & 255;
    }
  }
  if (data.length < 168 || held > 4 || bits & ((1 << held) - 1)) throw new Wrong("receipt_text");
  const number = (begin) => Number(new DataView(data.buffer).getBigUint64(begin));
  const hex = (begin, end) => toHex(data.subarray(begin, end));
  const moment = new Date(number(64) * 1000);
  if (Number.isNaN(moment.getTime()) || moment.getUTCFullYear() > 9999) throw new Wrong("receipt_text");
  const receipt = {
    format: 1, poll: hex(0, 16), leaf: hex(16, 48), index: number(48),
    signed_head: {
      head: { poll: hex(0, 16), size: number(56), root: hex(72, 104), moment: moment.toISOString().replace(".000Z", "Z") },
      signature: hex(104, 168),
    },
    proof: Array.from({ length: Math.ceil((data.length - 168) / 32) }, (_, at) => hex(168 + 32 * at, 200 + 32 * at)),
  };
  look(SHEETS.receipt, receipt, "receipt");
  return receipt;
}

// == from votes to places ==
class Step {
  constructor(step, candidates, votes, seed, withdrawn) {
    Object.assign(this, { votes, seed, places: step.places, reserves: step.reserves ?? 0, waits: false });
    this.candidates = new Map(candidates.map((each) => [each.id, each]));
    this.out = new Set((step.out ?? []).map((each) => each.candidate));
    this.withdrawn = new Set(withdrawn.filter((each) => each.group === step.group).map((each) => each.candidate));
    this.limits = step.caps ?? [];
    this.used = new Map();
  }

  async outcomes() {
    const order = [...this.candidates.keys()].sort((a, b) => this.votes[b] - this.votes[a] || byCodePoint(a, b));
    const found = [];
    for (const votes of new Set(order.map((id) => this.votes[id])))
      found.push(...(await this.among(order.filter((id) => this.votes[id] === votes), votes)));
    return found;
  }

  async among(tied, votes) {
    const found = [], free = [];
    for (const id of tied) {
      const by = this.withdrawn.has(id) ? "withdrawn" : this.out.has(id) ? "left_out" : null;
      if (by) found.push({ candidate: id, votes, outcome: "not_placed", by });
      else free.push(id);
    }
    const by = this.matters(free) ? "tie" : "votes";
    if (by === "tie" && this.seed === null) this.waits = true;
    else if (by === "tie") {
      const drawn = new Map();
      for (const id of free) drawn.set(id, toHex(await sha256(joined(this.seed, bytesOf(id)))));
      free.sort((a, b) => (drawn.get(a) < drawn.get(b) ? -1 : 1));
    }
    for (const id of free) found.push({ candidate: id, votes, ...this.place(id, by) });
    return found;
  }

  matters(free) {
    const open = free.filter((id) => this.limit(id) === null);
    if (open.length < 2 || (!this.places && !this.reserves)) return false;
    return !(open.length <= this.places && this.limits.every(({ by, most }) => open.every((id) => {
      const wanted = open.filter((other) => this.key(other, by) === this.key(id, by)).length;
      return (this.used.get(this.key(id, by)) ?? 0) + wanted <= most;
    })));
  }

  place(id, by) {
    if (this.waits) return { outcome: "undecided", by: "tie" };
    const limit = this.limit(id);
    if (limit) return { outcome: "not_placed", by: "limit", limit: { by: limit, is: this.candidates.get(id)[limit] } };
    if (this.places) {
      this.places--;
      for (const each of this.limits) {
        const key = this.key(id, each.by);
        this.used.set(key, (this.used.get(key) ?? 0) + 1);
      }
      return { outcome: "placed", by };
    }
    if (this.reserves) {
      this.reserves--;
      return { outcome: "reserve", by };
    }
    return { outcome: "not_placed", by };
  }

  limit(id) {
    return this.limits.find(({ by, most }) => (this.used.get(this.key(id, by)) ?? 0) >= most)?.by ?? null;
  }

  key(id, by) {
    return `${by}\n${this.candidates.get(id)[by]}`;
  }
}

// == verification ==
class Verification {
  constructor(elsewhere, receipt, progress) {
    Object.assign(this, { elsewhere, receipt, progress, checks: [], result: null, entry: null, heads: [] });
  }

  async all(file) {
    try {
      await this.open(file);
      if (await this.walked()) {
        for (const code of OF_LOG) await this.hold(code);
        if (this.elsewhere.length) for (const code of ["elsewhere", "fork"]) await this.hold(code);
        if (await this.hold("result")) for (const code of OF_RESULT) await this.hold(code);
        if (this.receipt !== undefined && (await this.hold("receipt"))) {
          await this.hold("receipt_log");
          await this.hold("receipt_leaf");
        }
      }
    } catch (problem) {
      if (!(problem instanceof Wrong)) throw problem;
      this.checks = [{ code: "format", ok: false, facts: {}, why: problem }];
    }
    return this;
  }

  async hold(code) {
    try {
      this.checks.push({ code, ok: true, facts: await CHECKS[code](this) });
      return true;
    } catch (problem) {
      if (!(problem instanceof Wrong)) throw problem;
      this.checks.push({ code, ok: false, facts: {}, why: problem });
      return false;
    }
  }

  async open(file) {
    this.file = await Archive.open(file);
    const size = this.file.at["leaves.bin"].size;
    if (!size || size % RECORD) throw new Wrong("leaves_cut");
    this.leaves = size / RECORD;
    this.heads = await this.listed("heads.jsonl", SHEETS.signed_head, "heads");
    this.signatures = await this.listed("signatures.jsonl", SHEETS.signature, "signatures");
    this.contents = await this.listed("contents.jsonl", SHEETS.content, "contents");
  }

  async listed(name, shape, where) {
    const found = (await this.file.lines(name)).map(read);
    found.forEach((each, at) => look(shape, each, `${where}[${at}]`));
    return found;
  }

  async walked() {
    this.checks.push({ code: "format", ok: true, facts: { leaves: this.leaves } });
    if (!(await this.hold("entry"))) return false;
    this.rules = this.entry.rules;
    const seen = new Set(), contents = new Map(this.contents.map((each) => [each.index, each.content]));
    Object.assign(this, { envelopes: 0, strange: null, twice: null, closed: [], lastButNotes: 0, contentsWrong: null });
    Object.assign(this, { first: new Uint8Array(), asked: new Uint8Array(), ofKind: { 2: [], 3: [], 4: [], 5: [] } });
    this.tree = new Tree(this.leaves);
    const lay = async (kind, record, index) => {
      try {
        if (!contents.has(index)) throw new Wrong("content_missing", { index });
        const content = contents.get(index);
        contents.delete(index);
        if (!isSame(await digest(content), record.subarray(1))) throw new Wrong("content_changed", { index });
        look(SHEETS.contents[kind], content, "content");
        this.ofKind[kind].push(content);
      } catch (problem) {
        if (!(problem instanceof Wrong)) throw problem;
        this.contentsWrong ??= problem;
      }
    };
    let done = 0;
    for await (const chunk of this.file.chunks("leaves.bin")) {
      const hashed = [];
      for (let at = 0; at < chunk.length; at += RECORD, done++) {
        const record = chunk.subarray(at, at + RECORD), kind = record[0], index = done;
        hashed.push(sha256(joined(Uint8Array.of(0), record)).then((hash) => this.tree.put(index, hash)));
        if (index === this.receipt?.index) this.asked = record;
        if (kind === ENVELOPE) {
          this.envelopes++;
          this.lastButNotes = index;
          seen.add(String.fromCharCode(...record));
          if (seen.size < this.envelopes) this.twice ??= index;
          continue;
        }
        if (index === 0) this.first = record;
        else if (kind < ROLL_CHANGE || kind > NOTE) this.strange ??= { index, kind };
        else await lay(kind, record, index);
        if (kind === CLOSED) this.closed.push(index);
        else if (kind !== NOTE) this.lastButNotes = index;
      }
      await Promise.all(hashed);
      this.progress?.(done, this.leaves);
    }
    if (contents.size) this.contentsWrong ??= new Wrong("content_without", { index: Math.min(...contents.keys()) });
    await this.tree.grow();
    this.root = await this.tree.root(this.leaves);
    return true;
  }

  async ofThisPoll(signed) {
    await checkHead(signed, this.entry.signer);
    if (signed.head.poll !== this.rules.poll) throw new Wrong("head_poll", { size: signed.head.size });
  }

  async agrees({ head: { size, root } }) {
    if (size > this.leaves) throw new Wrong("log_shorter", { size, leaves: this.leaves });
    if (toHex(await this.tree.root(size)) !== root) throw new Wrong("root_differs", { size });
  }

  lastHead() {
    if (!this.heads.length) throw new Wrong("no_heads");
    return this.heads.at(-1).head;
  }

  covers(groups) {
    return groups.every(({ id, candidates }) => {
      const votes = has(this.result.tallies, id) ? this.result.tallies[id] : {};
      return candidates.every((each) => has(votes, each.id)) && Object.keys(votes).length === candidates.length;
    });
  }
}

const CHECKS = {
  async entry(it) {
    const entry = read(await it.file.read("entry.json"));
    await checkEntry(entry);
    it.entry = entry;
    return { title: entry.rules.title, poll: entry.rules.poll };
  },
  async entry_first(it) {
    const hash = await digest(it.entry);
    if (!isSame(it.first, joined(Uint8Array.of(ENTRY), hash))) throw new Wrong("entry_changed");
    return { hash: toHex(hash) };
  },
  records(it) {
    if (it.strange) throw new Wrong("record_at", it.strange);
    return { leaves: it.leaves };
  },
  contents(it) {
    for (const [before, after] of pairwise(it.contents))
      if (after.index <= before.index) throw new Wrong("content_order", { index: after.index });
    if (it.contentsWrong) throw it.contentsWrong;
    return { number: it.contents.length };
  },
  closed(it) {
    if (it.closed.length !== 1) throw new Wrong("closed_times", { number: it.closed.length });
    if (it.lastButNotes > it.closed[0]) throw new Wrong("after_closing", { index: it.lastButNotes });
    for (const { closes } of it.ofKind[CLOSED])
      if (closes !== it.rules.closes) throw new Wrong("closing_minute", { closed: closes, rules: it.rules.closes });
    return { closes: it.rules.closes };
  },
  once(it) {
    if (it.twice !== null) throw new Wrong("envelope_twice", { index: it.twice });
    return { envelopes: it.envelopes };
  },
  async heads_signed(it) {
    for (const each of it.heads) await it.ofThisPoll(each);
    return { number: it.heads.length };
  },
  heads_rise(it) {
    for (const [before, after] of pairwise(it.heads.map((each) => each.head)))
      if (after.size < before.size || after.moment <= before.moment)
        throw new Wrong("head_order", { size: after.size, moment: after.moment });
    return {};
  },
  async heads_roots(it) {
    for (const each of it.heads) await it.agrees(each);
    return { number: it.heads.length };
  },
  heads_hourly(it) {
    const { opens, closes } = it.rules;
    const between = it.heads.map((each) => each.head.moment).filter((each) => opens < each && each < closes).sort();
    for (const [before, after] of pairwise([opens, ...between, closes]))
      if (Date.parse(after) - Date.parse(before) > HOUR) throw new Wrong("heads_gap", { before, after });
    return {};
  },
  final_head(it) {
    const { size, moment, root } = it.lastHead();
    if (size !== it.leaves) throw new Wrong("head_not_final", { size, leaves: it.leaves });
    if (moment < it.rules.closes) throw new Wrong("head_early", { moment });
    return { root, size, moment };
  },
  async elsewhere(it) {
    for (const each of it.elsewhere) await it.ofThisPoll(each);
    return { number: it.elsewhere.length };
  },
  async fork(it) {
    for (const each of it.elsewhere) {
      const head = isRecord(each) && isRecord(each.head) ? each.head : {};
      if (Number.isInteger(head.size) && head.size > 0 && typeof head.root === "string") await it.agrees(each);
    }
    return { number: it.elsewhere.length };
  },
  async result(it) {
    const result = read(await it.file.read("result.json"));
    look(SHEETS.result, result, "result");
    it.result = result;
    it.cast = result.counted + sum(values(result.void)) + sum(values(result.set_aside));
    return {};
  },
  numbers(it) {
    const { counted, superseded } = it.result, told = it.cast + superseded;
    if (told !== it.envelopes) throw new Wrong("envelopes_differ", { log: it.envelopes, told });
    const [voided, aside] = [sum(values(it.result.void)), sum(values(it.result.set_aside))];
    return { envelopes: it.envelopes, counted, void: voided, superseded, set_aside: aside };
  },
  tallies(it) {
    const { tallies, counted } = it.result;
    if (!it.covers(it.rules.groups) || Object.keys(tallies).length !== it.rules.groups.length)
      throw new Wrong("tallies_candidates");
    for (const { id, least, most } of it.rules.groups) {
      const gone = it.ofKind[WITHDRAWN].filter((each) => each.group === id).map((each) => each.candidate);
      const votes = sum(values(tallies[id])), fewest = gone.length ? 0 : least * counted;
      if (votes < fewest || votes > most * counted || Math.max(...values(tallies[id])) > counted)
        throw new Wrong("tallies_sum", { group: id, votes, counted });
      if (gone.some((candidate) => tallies[id][candidate])) throw new Wrong("tallies_withdrawn", { group: id });
    }
    return { counted };
  },
  channels(it) {
    const { by_channel } = it.result, all = sum(values(by_channel));
    if (Object.keys(by_channel).some((each) => !it.rules.channels.includes(each))) throw new Wrong("channel_unknown");
    if (all !== it.cast) throw new Wrong("channels_sum", { sum: all, cast: it.cast });
    return { cast: it.cast };
  },
  turnout(it) {
    const { turnout, rest } = it.result, units = turnout.map((each) => each.unit);
    if (new Set(units).size < units.length) throw new Wrong("turnout_twice");
    const rows = rest ? [...turnout, { unit: "…", ...rest }] : turnout;
    for (const { unit, roll, cast } of rows)
      if (roll < FEWEST_VOTERS || cast > roll) throw new Wrong("turnout_row", { unit, roll, cast });
    const voters = it.rules.roll.voters + sum(it.ofKind[ROLL_CHANGE].map((each) => each.added - each.removed));
    const roll = sum(rows.map((each) => each.roll)), cast = sum(rows.map((each) => each.cast));
    if (roll !== voters || cast !== it.cast) throw new Wrong("turnout_sums", { roll, voters, cast, told: it.cast });
    return { units: units.length, roll, cast };
  },
  roll_changes(it) {
    const by = new Map();
    for (const { unit, day, added, removed } of it.ofKind[ROLL_CHANGE]) {
      const key = text([unit, day]), row = by.get(key) ?? { unit, day, added: 0, removed: 0 };
      by.set(key, { ...row, added: row.added + added, removed: row.removed + removed });
    }
    const wanted = [...by.values()].sort((a, b) => byCodePoint(a.unit, b.unit) || byCodePoint(a.day, b.day));
    if (text(wanted) !== text(it.result.roll_changes)) throw new Wrong("roll_changes_differ");
    return { added: sum(wanted.map((each) => each.added)), removed: sum(wanted.map((each) => each.removed)) };
  },
  async steps(it) {
    const { draw, tallies, steps } = it.result, wanted = [];
    if (draw !== null && it.rules.tie === null) throw new Wrong("draw_unnamed");
    const groups = new Map(it.rules.groups.map((each) => [each.id, each]));
    if (!it.covers(it.rules.steps.map((each) => groups.get(each.group)))) throw new Wrong("tallies_candidates");
    const seed = draw === null ? null : joined(it.root, bytesOf(draw));
    for (const step of it.rules.steps) {
      const { candidates } = groups.get(step.group);
      const work = new Step(step, candidates, tallies[step.group], seed, it.ofKind[WITHDRAWN]);
      wanted.push({ group: step.group, candidates: await work.outcomes() });
    }
    wanted.forEach((step, at) => {
      if (at >= steps.length || text(step) !== text(steps[at])) throw new Wrong("step_differs", { group: step.group });
    });
    if (wanted.length < steps.length) throw new Wrong("step_differs", { group: steps[wanted.length].group });
    const undecided = wanted.flatMap((step) => step.candidates).filter((each) => each.outcome === "undecided").length;
    return { number: wanted.length, undecided };
  },
  async signatures(it) {
    const head = it.lastHead(), [entry, result] = [toHex(await digest(it.entry)), toHex(await digest(it.result))];
    const message = joined(bytesOf("verivote/1 result\n"), canonical({ entry, head, result }));
    for (const { name, key, signature } of it.signatures) {
      if (!it.entry.observers.some((each) => each.name === name && each.key === key))
        throw new Wrong("signature_stranger", { name });
      if (!(await holds(key, signature, message))) throw new Wrong("signature_wrong", { name });
    }
    const names = [...new Set(it.signatures.map((each) => each.name))].sort(byCodePoint);
    if (new Set(it.signatures.map((each) => each.key)).size < OBSERVERS)
      throw new Wrong("signatures_few", { number: names.length, least: OBSERVERS });
    return { number: names.length, names: names.join(" · ") };
  },
  async receipt(it) {
    const receipt = it.receipt;
    look(SHEETS.receipt, receipt, "receipt");
    const { head } = receipt.signed_head;
    if (receipt.poll !== it.rules.poll || head.poll !== it.rules.poll) throw new Wrong("receipt_poll");
    await checkHead(receipt.signed_head, it.entry.signer);
    const leaf = await sha256(joined(Uint8Array.of(0, ENVELOPE), fromHex(receipt.leaf)));
    it.way = await way(receipt.index, head.size, leaf, receipt.proof.map(fromHex));
    if (toHex(it.way.at(-1).found) !== head.root) throw new Wrong("inclusion");
    return { number: receiptNumber(receipt) };
  },
  async receipt_log(it) {
    await it.agrees(it.receipt.signed_head);
    return { size: it.receipt.signed_head.head.size };
  },
  receipt_leaf(it) {
    const { index, leaf } = it.receipt;
    if (!isSame(it.asked, joined(Uint8Array.of(ENVELOPE), fromHex(leaf)))) throw new Wrong("receipt_leaf_differs", { index });
    return { index };
  },
};

// What the tests call, and whoever opens the console.
globalThis.verivote = {
  verify: (file, { heads = [], receipt, progress } = {}) => new Verification(heads, receipt, progress).all(file),
  receiptFrom,
  canonical,
  read,
};
