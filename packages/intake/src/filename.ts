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

/** As much of a name as file systems take. */
const MAX_LENGTH = 255;
/** Controls, and what turns or hides the letters around it: `exe.pdf` must not be shown for `fdp.exe`. */
const UNSHOWN = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A name as it may be shown and kept: the last part of a path, without what does not show. Null where nothing is left. */
export const plainName = (name: string | null): string | null => {
  const last = (name ?? "").split(/[/\\]/).at(-1) ?? "";
  // Cut short it may end in half a letter.
  const plain = last
    .replaceAll(UNSHOWN, "")
    .trim()
    .slice(0, MAX_LENGTH)
    .replace(/\p{Cs}$/u, "")
    .trim();
  return plain === "" || plain === "." || plain === ".." ? null : plain;
};
