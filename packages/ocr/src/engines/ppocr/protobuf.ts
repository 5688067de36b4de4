/** A field of a protobuf message: its number and, where it has a length, where its bytes lie. Other kinds are passed over. */
export interface Field {
  number: number;
  start: number;
  end: number;
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

const VARINT = 0;
const FIXED_64 = 1;
const WITH_LENGTH = 2;
const FIXED_32 = 5;

/** The fields with a length of the message that lies between `start` and `end`. https://protobuf.dev/programming-guides/encoding */
export function* fieldsOf(bytes: Uint8Array, start = 0, end = bytes.length): Generator<Field> {
  let at = start;
  while (at < end) {
    const [tag, next] = readVarint(bytes, at);
    const kind = tag % 8;
    if (kind === WITH_LENGTH) {
      const [length, from] = readVarint(bytes, next);
      yield { number: Math.floor(tag / 8), start: from, end: from + length };
      at = from + length;
    } else if (kind === VARINT) [, at] = readVarint(bytes, next);
    else if (kind === FIXED_64) at = next + 8;
    else if (kind === FIXED_32) at = next + 4;
    else throw new Error(`Protobuf kind ${kind} is not known.`);
  }
}
