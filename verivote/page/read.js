// Records and files, as canonical.py, shape.py and archive.py read them. SHEETS is what page/__init__.py writes above.

class Wrong extends Error {
  constructor(code, facts = {}) {
    super(code);
    this.code = code;
    this.facts = facts;
  }
}

const bytesOf = (text) => new TextEncoder().encode(text);
const toHex = (bytes) => Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");
const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const joined = (...parts) => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
const isSame = (one, two) => one.length === two.length && one.every((each, at) => each === two[at]);
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

// By code point, as Python sorts; JavaScript by itself sorts by UTF-16 units.
function byCodePoint(one, two) {
  const [first, second] = [[...one], [...two]];
  for (let at = 0; at < Math.min(first.length, second.length); at++) {
    const away = first[at].codePointAt(0) - second[at].codePointAt(0);
    if (away) return away;
  }
  return first.length - second.length;
}

// == canonical records ==
const DEEPEST = 16;
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

function text(value, depth = 0) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string" && !LONE.test(value)) return JSON.stringify(value);
  if (Number.isSafeInteger(value)) return String(value === 0 ? 0 : value);
  if (typeof value !== "object" || depth === DEEPEST) throw new Wrong("not_canonical");
  if (Array.isArray(value)) return `[${value.map((each) => text(each, depth + 1)).join(",")}]`;
  const names = Object.keys(value).sort(byCodePoint);
  return `{${names.map((name) => `${text(name)}:${text(value[name], depth + 1)}`).join(",")}}`;
}

const canonical = (value) => bytesOf(text(value));
const digest = (value) => sha256(canonical(value));

function read(bytes) {
  let value, told;
  try {
    told = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(told);
  } catch {
    throw new Wrong("not_canonical");
  }
  if (text(value) !== told) throw new Wrong("not_canonical");
  return value;
}

// == shapes ==
const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const MOMENT = /^2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;

function isMoment(value) {
  if (typeof value !== "string" || !MOMENT.test(value)) return false;
  const moment = new Date(value);
  return !Number.isNaN(moment.getTime()) && moment.toISOString() === value.replace("Z", ".000Z");
}

const has = (value, name) => Object.prototype.hasOwnProperty.call(value, name);

const LOOKS = {
  text({ text: [least, most] }, value, where) {
    const length = typeof value === "string" ? [...value].length : -1;
    if (length < least || length > most) throw new Wrong("not_text", { where, least, most });
  },
  number({ number: [least, most] }, value, where) {
    if (!Number.isInteger(value) || value < least || value > most) throw new Wrong("not_number", { where, least, most });
  },
  hex({ hex: bytes }, value, where) {
    if (typeof value !== "string" || value.length !== 2 * bytes || !/^[0-9a-f]*$/.test(value))
      throw new Wrong("not_hex", { where, bytes });
  },
  one_of({ one_of: choices }, value, where) {
    if (!choices.includes(value)) throw new Wrong("not_one_of", { where, choices: choices.join(", ") });
  },
  minute(_, value, where) {
    if (!isMoment(value) || !value.endsWith(":00Z")) throw new Wrong("not_minute", { where });
  },
  second(_, value, where) {
    if (!isMoment(value)) throw new Wrong("not_moment", { where });
  },
  day(_, value, where) {
    if (typeof value !== "string" || !isMoment(`${value}T00:00:00Z`)) throw new Wrong("not_day", { where });
  },
  null_or({ null_or: shape }, value, where) {
    if (value !== null) look(shape, value, where);
  },
  list({ list: shape, least = 0, most }, value, where) {
    if (!Array.isArray(value) || value.length < least || value.length > most)
      throw new Wrong("not_list", { where, least, most });
    value.forEach((each, at) => look(shape, each, `${where}[${at}]`));
  },
  record({ record: fields, optional = {}, more }, value, where) {
    const names = Object.keys(fields);
    if (!isRecord(value) || names.some((name) => !has(value, name)))
      throw new Wrong("not_record", { where, fields: names.join(", ") });
    for (const [name, inner] of Object.entries(value)) {
      const wanted = has(fields, name) ? fields[name] : has(optional, name) ? optional[name] : more;
      if (!wanted) throw new Wrong("unknown_field", { where, name });
      look(wanted, inner, `${where}.${name}`);
    }
  },
  map({ map: shape, most }, value, where) {
    if (!isRecord(value) || Object.keys(value).length > most) throw new Wrong("not_map", { where, most });
    for (const [name, inner] of Object.entries(value)) {
      look({ text: SHEETS.names }, name, where);
      look(shape, inner, `${where}.${name}`);
    }
  },
  kinds({ kinds }, value, where) {
    if (!isRecord(value) || typeof value.kind !== "string" || !has(kinds, value.kind))
      throw new Wrong("unknown_kind", { where, choices: Object.keys(kinds).join(", ") });
    look(kinds[value.kind], value, where);
  },
};

function look(shape, value, where) {
  for (const name of Object.keys(LOOKS)) if (has(shape, name)) LOOKS[name](shape, value, where);
}

// == the bundle's zip ==
const CRC = Uint32Array.from({ length: 256 }, (_, at) => {
  for (let bit = 0; bit < 8; bit++) at = at & 1 ? (at >>> 1) ^ 0xedb88320 : at >>> 1;
  return at;
});

function crc32(bytes, crc = 0) {
  crc = ~crc;
  for (let at = 0; at < bytes.length; at++) crc = CRC[(crc ^ bytes[at]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

function packed(...fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [width]) => sum + width, 0)));
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return new Uint8Array(view.buffer);
}

const short = (...values) => values.map((value) => [2, value]);
const long = (...values) => values.map((value) => [4, value >>> 0]);
const LOCAL = 30, CENTRAL = 46, END = 22, DATE = 0x21, CHUNK = 33 * 8192;

const localOf = (name, crc, size) => joined(packed(
  ...long(0x04034b50), ...short(10, 0, 0, 0, DATE), ...long(crc, size, size), ...short(name.length, 0)), bytesOf(name));
const centralOf = (name, crc, size, begin) => joined(packed(
  ...long(0x02014b50), ...short(0x314, 10, 0, 0, 0, DATE), ...long(crc, size, size),
  ...short(name.length, 0, 0, 0, 0), ...long(0o100644 * 65536, begin)), bytesOf(name));

class Archive {
  static async open(file) {
    const most = SHEETS.most, names = Object.keys(most);
    const directory = names.reduce((sum, name) => sum + CENTRAL + name.length, 0);
    const it = Object.assign(new Archive(), { file, at: {} });
    const tail = await it.bytes(Math.max(0, file.size - directory - END), file.size);
    if (tail.length < directory + END) throw new Wrong("archive_form");
    const fields = new DataView(tail.buffer);
    let begin = 0, central = new Uint8Array();
    for (const name of names) {
      const crc = fields.getUint32(central.length + 16, true), size = fields.getUint32(central.length + 20, true);
      central = joined(central, centralOf(name, crc, size, begin));
      begin += LOCAL + name.length;
      it.at[name] = { begin, size, crc };
      begin += size;
    }
    const end = packed(...long(0x06054b50), ...short(0, 0, names.length, names.length),
      ...long(directory, begin), ...short(0));
    if (!isSame(tail, joined(central, end)) || file.size !== begin + tail.length) throw new Wrong("archive_form");
    for (const name of names)
      if (it.at[name].size > most[name]) throw new Wrong("archive_large", { name, most: most[name] });
    for (const name of names) {
      const { begin, size, crc } = it.at[name], head = localOf(name, crc, size);
      if (!isSame(await it.bytes(begin - head.length, begin), head)) throw new Wrong("archive_form");
    }
    return it;
  }

  async bytes(begin, end) {
    return new Uint8Array(await this.file.slice(begin, end).arrayBuffer());
  }

  async *chunks(name) {
    const { begin, size, crc } = this.at[name];
    let found = 0;
    for (let done = 0; done < size; ) {
      const chunk = await this.bytes(begin + done, begin + Math.min(size, done + CHUNK));
      found = crc32(chunk, found);
      done += chunk.length;
      if (done >= size && found !== crc) throw new Wrong("archive_damaged", { name });
      yield chunk;
    }
  }

  async read(name) {
    const parts = [];
    for await (const chunk of this.chunks(name)) parts.push(chunk);
    return joined(...parts);
  }

  async lines(name) {
    const whole = await this.read(name), found = [];
    let begin = 0;
    for (let at = whole.indexOf(10); at >= 0; at = whole.indexOf(10, begin)) {
      found.push(whole.subarray(begin, at));
      begin = at + 1;
    }
    const most = SHEETS.longest_line;
    if ([...found, whole.subarray(begin)].some((line) => line.length > most)) throw new Wrong("line_long", { name, most });
    if (begin < whole.length) throw new Wrong("line_open", { name });
    return found;
  }
}
