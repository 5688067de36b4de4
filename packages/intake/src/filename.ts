const PLAIN_FILENAME = /;\s*filename=(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i;
const UTF8_FILENAME = /;\s*filename\*=UTF-8'[^']*'([^;\s]+)/i;

/** The name in a Content-Disposition (RFC 6266): the form that says its encoding before the plain one. */
export const filenameOf = (disposition = ""): string | null => {
  const [, quoted, token] = PLAIN_FILENAME.exec(disposition) ?? [];
  const plain = quoted?.replaceAll(/\\(.)/g, "$1") ?? token ?? null;
  try {
    const encoded = UTF8_FILENAME.exec(disposition)?.[1];
    return encoded ? decodeURIComponent(encoded) : plain;
  } catch {
    return plain;
  }
};
