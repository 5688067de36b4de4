import { contentOf, field, fieldsOf, rewrite } from "./protobuf.ts";

// Fields of onnx.proto. ModelProto:
const GRAPH = 7;
// GraphProto:
const INITIALIZER = 5;
const OUTPUT = 12;
const VALUE_INFO = 13;
// TensorProto:
const DIMS = 1;
const RAW_DATA = 9;
// ValueInfoProto:
const NAME = 1;
const TYPE = 2;

/** TypeProto: a tensor (1) of elements (1) that are floats (1), in any shape. */
const FLOATS = field(1, field(1, 1));
const FLOAT_BYTES = 4;
const NOTHING = Buffer.alloc(0);

/** Of the `known` columns of a table of floats those of `classes`. */
const pickColumns = (table: Buffer, known: number, classes: readonly number[]): Buffer => {
  const rows = table.length / (known * FLOAT_BYTES);
  const picked = Buffer.alloc(rows * classes.length * FLOAT_BYTES);
  let to = 0;
  for (let row = 0; row < rows; row += 1) {
    for (const index of classes) {
      const from = (row * known + index) * FLOAT_BYTES;
      to += table.copy(picked, to, from, from + FLOAT_BYTES);
    }
  }
  return picked;
};

/** A tensor whose last dimension are the classes, without the others; any other tensor as it is. */
const withoutOthers = (tensor: Buffer, known: number, classes: readonly number[]): Buffer => {
  const last = [...fieldsOf(tensor)].findLast(({ number }) => number === DIMS);
  if (last?.value !== known) return tensor;
  return rewrite(tensor, ({ number, whole, content }) => {
    if (whole.equals(last.whole)) return field(DIMS, classes.length);
    return number === RAW_DATA && content ? field(RAW_DATA, pickColumns(content, known, classes)) : undefined;
  });
};

/**
 * A recogniser that tells only `classes` apart of the `known` ones, as if it had never learnt the others: its last layer has
 * no columns for them. Of 18,710 some hundreds are Latin; the others take a third of the time.
 */
export const keepClasses = (model: Buffer, known: number, classes: readonly number[]): Buffer =>
  rewrite(model, ({ number: part, content: graph }) => {
    if (part !== GRAPH || !graph) return undefined;
    const kept = rewrite(graph, ({ number, content }) => {
      if (number === INITIALIZER && content) return field(INITIALIZER, withoutOthers(content, known, classes));
      if (number === OUTPUT && content) {
        const value = Buffer.concat([field(NAME, contentOf(content, NAME)), field(TYPE, FLOATS)]);
        return field(OUTPUT, value);
      }
      // Shapes of what is between, which nobody needs.
      return number === VALUE_INFO ? NOTHING : undefined;
    });
    return field(GRAPH, kept);
  });
