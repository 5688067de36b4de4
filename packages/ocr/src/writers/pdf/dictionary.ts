/** A dictionary's entries: names without their slash, values as they are written. */
export type Dictionary = Map<string, string>;

interface Token {
  text: string;
  start: number;
  end: number;
}

// As PDFium writes them: parentheses within strings are escaped.
const TOKEN = /\s*(<<|>>|\[|\]|\/[^\s()<>[\]{}/%]*|<[\dA-Fa-f\s]*>|\((?:[^\\()]|\\[\s\S])*\)|[^\s()<>[\]{}/%]+)/y;
const CLOSING: Record<string, string> = { "<<": ">>", "[": "]" };

const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = [];
  let depth = 0;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const [, token = ""] = match;
    tokens.push({ text: token, start: TOKEN.lastIndex - token.length, end: TOKEN.lastIndex });
    if (token in CLOSING) depth += 1;
    if (token === ">>" || token === "]") depth -= 1;
    if (depth === 0) return tokens;
  }
  throw new Error("a dictionary in a PDF does not end");
};

/** The index after the value that begins at `at`. */
const skipValue = (tokens: Token[], at: number): number => {
  const closing = CLOSING[tokens[at]?.text ?? ""];
  if (closing === undefined) return tokens[at + 2]?.text === "R" ? at + 3 : at + 1;
  let next = at + 1;
  while (tokens[next]?.text !== closing) next = skipValue(tokens, next);
  return next + 1;
};

/** Reads the dictionary with which a text begins; what follows it is not looked at. */
export const readDictionary = (text: string): Dictionary => {
  const tokens = tokensOf(text);
  const entries: Dictionary = new Map();
  for (let at = 1; at < tokens.length - 1;) {
    const end = skipValue(tokens, at + 1);
    entries.set(tokens[at]?.text.slice(1) ?? "", text.slice(tokens[at + 1]?.start, tokens[end - 1]?.end));
    at = end;
  }
  return entries;
};

export const writeDictionary = (entries: Dictionary): string =>
  `<< ${[...entries].map(([name, value]) => `/${name} ${value}`).join(" ")} >>`;

/** The number of the object that a value refers to; undefined for a value that stands for itself. */
export const referenceIn = (value: string | undefined): number | undefined => {
  const [, number] = /^(\d+) \d+ R$/.exec(value ?? "") ?? [];
  return number === undefined ? undefined : Number(number);
};
