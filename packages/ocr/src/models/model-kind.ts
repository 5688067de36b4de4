import type { Model } from "@lectura/contracts";

// A traineddata file is a directory of components (tessdatamanager.h): their number as uint32, then an int64 offset
// for each, -1 for one that is not there, then the components themselves in order.
const LSTM = 17;
// The LSTM component ends in seven 4-byte fields after the text of its network: flags, iterations, rates (lstmrecognizer.cpp).
const TAIL = 28;
const INTEGER_WEIGHTS = 1;
// Every model of tessdata_fast was trained as this small network, those of tessdata_best as wider ones.
const FAST_NETWORK = "Lfx192O1c1]";

const component = (traineddata: Buffer, index: number): Buffer | undefined => {
  const count = traineddata.readUInt32LE(0);
  const offsets = Array.from({ length: Math.min(count, 64) }, (_, at) =>
    Number(traineddata.readBigInt64LE(4 + 8 * at)),
  );
  const start = offsets[index];
  if (start === undefined || start < 0) return undefined;
  return traineddata.subarray(
    start,
    offsets.slice(index + 1).find((offset) => offset >= 0),
  );
};

/**
 * Which of Tesseract's published sets a model is from, told from its bytes: floating point weights are `best`, integer
 * ones of the small network `fast`, of a wide one `best_int`. Undefined when the LSTM engine cannot use it, as `osd`.
 */
export const modelKind = (traineddata: Buffer): Model["kind"] | undefined => {
  const lstm = component(traineddata, LSTM);
  if (!lstm || lstm.length < TAIL) return undefined;
  const flags = lstm.readInt32LE(lstm.length - TAIL);
  if (!(flags & INTEGER_WEIGHTS)) return "best";
  const network = lstm.subarray(-TAIL - FAST_NETWORK.length, -TAIL).toString("latin1");
  return network === FAST_NETWORK ? "fast" : "best_int";
};
