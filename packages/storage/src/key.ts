/** S3 allows 1,024 bytes; half of them are left to the prefix of the bucket. */
const MAX_KEY_LENGTH = 512;
/** File systems allow 255 bytes. */
const MAX_SEGMENT_LENGTH = 200;

// An allow-list: no slash trick, control character or Unicode form can be forgotten. A leading dot is refused for `.`,
// `..` and the file driver's own `.tmp`.
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/** Returns the key or prefix if it is one, else throws: keys are made by the platform, so a bad one is a defect or an attack. */
export const checkKey = (key: string): string => {
  const fine =
    key.length <= MAX_KEY_LENGTH &&
    key.split("/").every((segment) => segment.length <= MAX_SEGMENT_LENGTH && SEGMENT.test(segment));
  if (fine) return key;
  throw new Error(
    `${JSON.stringify(key.slice(0, 100))} is not a storage key: write segments of A-Z a-z 0-9 _ - . ` +
      `(not beginning with a dot, at most ${MAX_SEGMENT_LENGTH} characters) with / between them, ` +
      `at most ${MAX_KEY_LENGTH} characters`,
  );
};
