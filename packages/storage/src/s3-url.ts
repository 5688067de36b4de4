import { checkKey } from "./key.ts";

export interface S3Location {
  bucket: string;
  /** Put before every key; empty, or ends with a slash. */
  prefix: string;
  endpoint: string | undefined;
  region: string | undefined;
  forcePathStyle: boolean;
}

const BUCKET = /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/;
const OPTIONS = ["endpoint", "region", "forcePathStyle"];

const refuse = (why: string): never => {
  // Never the URL itself: somebody may have put credentials into it.
  throw new Error(
    `The s3 storage URL is wrong: ${why}. It looks like ` +
      "s3://bucket/prefix?endpoint=https://s3.example.org&region=eu-west-1&forcePathStyle=true, " +
      "where all after the bucket may be left out",
  );
};

const parseEndpoint = (endpoint: string | undefined): string | undefined => {
  if (endpoint === undefined || /^https?:$/.test(URL.parse(endpoint)?.protocol ?? "")) return endpoint;
  return refuse("endpoint must be an http:// or https:// address");
};

const parseForcePathStyle = (value: string | undefined): boolean | undefined => {
  if (value === undefined) return undefined;
  if (value === "true" || value === "false") return value === "true";
  return refuse("forcePathStyle must be true or false");
};

/** Reads `s3://bucket/prefix?endpoint=…&region=…&forcePathStyle=…`; throws with the reason when it is not that. */
export const parseS3Url = (url: URL): S3Location => {
  if (url.username || url.password)
    refuse("credentials do not belong into it, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead");
  if (!BUCKET.test(url.hostname) || url.port) refuse("after s3:// comes the name of the bucket");
  const unknown = [...url.searchParams.keys()].find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) refuse(`the option ${unknown} is not known (there are ${OPTIONS.join(", ")})`);

  const option = (name: string) => url.searchParams.get(name) || undefined;
  const endpoint = parseEndpoint(option("endpoint"));
  const folder = url.pathname.replace(/^\/|\/$/g, "");
  return {
    bucket: url.hostname,
    prefix: folder && `${checkKey(folder)}/`,
    endpoint,
    // Servers other than AWS mostly ignore the region, but the signature needs one.
    region: option("region") ?? (endpoint && "us-east-1"),
    // Only AWS gives every bucket a host name of its own.
    forcePathStyle: parseForcePathStyle(option("forcePathStyle")) ?? endpoint !== undefined,
  };
};
