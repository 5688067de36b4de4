/** A field of a protobuf message. */
export interface Field {
  number: number;
  /** With its tag. */
  whole: Buffer;
  /** What has a length: text, bytes, or a message. */
  content?: Buffer;
  /** What is a whole number. */
  value?: number;
}

const CONTINUED = 0x80;

const readVarint = (bytes: Uint8Array, start: number): [value: number, next: number] => {
  let [value, place, at] = [0, 1, start];
  for (;;) {
    const byte = bytes[at];
    if (byte === undefined) throw new Error("A protobuf message ends in the middle of a number.");
    at += 1;
    value += (byte % CONTINUED) * place;
    place *= CONTINUED;
    if (byte < CONTINUED) return [value, at];
  }
};

const varint = (value: number): number[] =>
  value < CONTINUED ? [value] : [(value % CONTINUED) + CONTINUED, ...varint(Math.floor(value / CONTINUED))];

const VARINT = 0;
const FIXED_64 = 1;
const WITH_LENGTH = 2;
const FIXED_32 = 5;
/** Kinds that a tag tells apart, beside the field's number. */
const KINDS = 8;

/** The fields of a message in their order. https://protobuf.dev/programming-guides/encoding */
export function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0;
  while (at < message.length) {
    const from = at;
    const [tag, next] = readVarint(message, at);
    const [number, kind] = [Math.floor(tag / KINDS), tag % KINDS];
    if (kind === WITH_LENGTH) {
      const [length, start] = readVarint(message, next);
      at = start + length;
      yield { number, whole: message.subarray(from, at), content: message.subarray(start, at) };
    } else if (kind === VARINT) {
      const [value, end] = readVarint(message, next);
      at = end;
      yield { number, whole: message.subarray(from, at), value };
    } else if (kind === FIXED_64 || kind === FIXED_32) {
      at = next + (kind === FIXED_64 ? 8 : 4);
      yield { number, whole: message.subarray(from, at) };
    } else throw new Error(`Protobuf kind ${kind} is not known.`);
  }
}

/** A field as it is written: a whole number, or what has a length. */
export const field = (number: number, value: number | Uint8Array): Buffer =>
  typeof value === "number"
    ? Buffer.from([...varint(number * KINDS + VARINT), ...varint(value)])
    : Buffer.concat([Buffer.from([...varint(number * KINDS + WITH_LENGTH), ...varint(value.length)]), value]);

/** What a field with this number contains; empty where the message has none. */
export const contentOf = (message: Buffer, wanted: number): Buffer => {
  for (const { number, content } of fieldsOf(message)) if (number === wanted && content) return content;
  return Buffer.alloc(0);
};

/** A message in which each field is what `change` makes of it; undefined leaves it as it is. */
export const rewrite = (message: Buffer, change: (field: Field) => Buffer | undefined): Buffer =>
  Buffer.concat([...fieldsOf(message)].map((each) => change(each) ?? each.whole));
