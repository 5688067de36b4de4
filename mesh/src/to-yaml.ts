import { Document, isCollection, isPair, isScalar, visit } from "yaml";

/** A list or map of plain values stands on one line when it is as short as this. */
const SHORT = 90;

const isPlain = (item: unknown): boolean => (isPair(item) ? isScalar(item.value) : isScalar(item));

/** YAML as people write it, and as oxfmt leaves it. */
export const toYaml = (content: object): string => {
  const document = new Document(content);
  visit(document, {
    Collection: (_key, node) => {
      if (isCollection(node) && node.items.every(isPlain)) node.flow = JSON.stringify(node).length < SHORT;
    },
  });
  // The library pads lists as it pads maps; oxfmt pads maps alone.
  return document.toString({ lineWidth: 120 }).replaceAll(/\[ (.*) \]/g, "[$1]");
};
