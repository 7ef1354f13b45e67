import { BotError } from "../bot-error.ts";

/** What stands around saved numbers, so that a reader knows what it holds: four letters, a version, and what to call it. */
export interface Envelope {
  /** Four ASCII letters. */
  readonly magic: string;
  /** 0 to 65,535. Goes up whenever old bytes would be misread. */
  readonly version: number;
  /** For messages: "a forest". */
  readonly what: string;
}

const headBytes = 6;
const crcBytes = 4;

/** Numbers into bytes: little-endian on every machine. */
export class ByteWriter {
  #view: DataView<ArrayBuffer>;
  #at = headBytes;
  readonly #envelope: Envelope;

  constructor(envelope: Envelope) {
    this.#envelope = envelope;
    this.#view = new DataView(new ArrayBuffer(1024));
  }

  u16(value: number): void {
    const at = this.#room(2);
    this.#view.setUint16(at, value, true);
  }

  u32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
  }

  f32(value: number): void {
    const at = this.#room(4);
    this.#view.setFloat32(at, value, true);
  }

  f64(value: number): void {
    const at = this.#room(8);
    this.#view.setFloat64(at, value, true);
  }

  /** A whole number below 2³¹ in as few bytes as it needs, seven bits each. */
  varint(value: number): void {
    for (let rest = value; ; rest >>>= 7) {
      const at = this.#room(1);
      this.#view.setUint8(at, rest > 127 ? (rest & 127) | 128 : rest);
      if (rest <= 127) return;
    }
  }

  /** Bytes of another writer, after their number. */
  bytes(bytes: Uint8Array): void {
    this.u32(bytes.length);
    const at = this.#room(bytes.length);
    new Uint8Array(this.#view.buffer).set(bytes, at);
  }

  /** The bytes with their envelope and checksum. */
  finish(): Uint8Array {
    const { magic, version } = this.#envelope;
    for (let i = 0; i < 4; i++) this.#view.setUint8(i, magic.charCodeAt(i));
    this.#view.setUint16(4, version, true);
    const end = this.#at;
    this.u32(crc32(new Uint8Array(this.#view.buffer, 0, end)));
    return new Uint8Array(this.#view.buffer.slice(0, this.#at));
  }

  #room(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    if (this.#at > this.#view.byteLength) {
      const larger = new Uint8Array(Math.max(this.#at, this.#view.byteLength * 2));
      larger.set(new Uint8Array(this.#view.buffer));
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

/** Bytes back into numbers. Damage, a stranger's bytes, another version or too few bytes throw `bad_input`. */
export class ByteReader {
  readonly #view: DataView;
  readonly #what: string;
  readonly #end: number;
  #at = headBytes;

  constructor(bytes: Uint8Array, { magic, version, what }: Envelope) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
    this.#end = bytes.length - crcBytes;
    if (this.#end < headBytes) throw this.refuse("too few bytes");
    if (String.fromCharCode(...bytes.subarray(0, 4)) !== magic) throw this.refuse("these are other bytes");
    if (crc32(bytes.subarray(0, this.#end)) !== this.#view.getUint32(this.#end, true)) throw this.refuse("damaged");
    const found = this.#view.getUint16(4, true);
    if (found !== version) throw this.refuse(`version ${found}, and this build reads version ${version}`);
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  f32(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#view.getUint8(this.#take(1));
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw this.refuse("a number is too long");
  }

  /** As `u32`, refusing what is above `max`: how many of something follow. */
  count(max: number): number {
    const value = this.u32();
    if (value > max) throw this.refuse(`${value} where at most ${max} can be`);
    return value;
  }

  /** What `bytes` of the writer wrote. */
  bytes(): Uint8Array {
    const length = this.count(this.#end);
    const at = this.#take(length);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, length);
  }

  /** To be called last: bytes that nobody read mean that writer and reader disagree. */
  done(): void {
    if (this.#at !== this.#end) throw this.refuse("bytes are left over");
  }

  refuse(why: string): BotError {
    return new BotError("bad_input", `reading ${this.#what}: ${why}`);
  }

  #take(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    if (this.#at > this.#end) throw this.refuse("too few bytes");
    return at;
  }
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let word = byte;
  for (let bit = 0; bit < 8; bit++) word = word & 1 ? (word >>> 1) ^ 0xedb88320 : word >>> 1;
  return word;
});

/** CRC-32 as in ISO-HDLC and zip: finds every error within 32 neighbouring bits. */
function crc32(bytes: Uint8Array): number {
  let word = 0xffffffff;
  for (const byte of bytes) word = crcTable[(word ^ byte) & 255]! ^ (word >>> 8);
  return (word ^ 0xffffffff) >>> 0;
}
