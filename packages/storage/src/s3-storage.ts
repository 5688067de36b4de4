import { addAbortSignal, Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { chunksOf } from "./chunks-of.ts";
import type { S3Location } from "./s3-url.ts";
import type { ByteRange, Storage } from "./storage.ts";

/** DeleteObjects takes at most 1,000 keys a call; a page of ListObjectsV2 has at most as many. */
const MAX_KEYS_A_CALL = 1000;
/** Parts of one upload on their way at once, each 5 MB of memory (S3's smallest part). */
const PARTS_AT_ONCE = 2;

const createClient = ({ endpoint, region, forcePathStyle }: S3Location): S3Client =>
  new S3Client({
    forcePathStyle,
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    // Servers other than AWS refuse the CRC trailers that the SDK sends by default.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: 3000,
      // Until the answer begins, sending a part of 5 MB included.
      requestTimeout: 60_000,
      throwOnRequestTimeout: true,
      // Without a byte: a client that reads a result slower than this holds its socket for nothing.
      socketTimeout: 120_000,
      // A result that is being read holds one; the SDK's 50 would let slow readers stop everybody.
      httpAgent: { maxSockets: 500 },
      httpsAgent: { maxSockets: 500 },
    },
  });

const unlessMissing = async <T>(work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work;
  } catch (error) {
    // An answer to HEAD has no body, so the code is known for GET only; a missing bucket is never "no such value".
    const missing = error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404;
    if (missing && error.name !== "NoSuchBucket") return undefined;
    throw error;
  }
};

const requireBucket = async (client: S3Client, { bucket, endpoint = "AWS" }: S3Location): Promise<void> => {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
  } catch (cause) {
    throw new Error(
      `The bucket ${bucket} at ${endpoint} cannot be used: check that it exists, the endpoint and the AWS_* credentials`,
      { cause },
    );
  }
};

/** Values as objects of a bucket. Keys are trusted: createStorage checks them. */
export const createS3Storage = (location: S3Location): Storage => {
  const client = createClient(location);
  const Bucket = location.bucket;
  const named = (key: string) => ({ Bucket, Key: location.prefix + key });

  const upload = async (key: string, body: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined) => {
    let bytes = 0;
    async function* counted() {
      for await (const chunk of chunksOf(body, signal)) {
        bytes += chunk.length;
        yield chunk;
      }
    }
    // An abort fails the source, not the upload: Upload.abort() rejects before the parts are gone, and a call that is cut
    // off may still be carried out by the server.
    const Body = Readable.from(counted());
    await new Upload({ client, params: { ...named(key), Body }, queueSize: PARTS_AT_ONCE }).done();
    return { bytes };
  };

  const fetchObject = async (key: string, signal: AbortSignal | undefined, range?: ByteRange) => {
    const Range = range && `bytes=${range.first}-${range.last}`;
    const object = await unlessMissing(
      client.send(new GetObjectCommand({ ...named(key), Range }), signal ? { abortSignal: signal } : {}),
    );
    if (!object) return undefined;
    const { Body: stream, ContentLength: bytes } = object;
    if (stream instanceof Readable && bytes !== undefined) return { stream, bytes };
    throw new Error(`The S3 server answered for ${key} without a body or its length: is the endpoint an S3 server?`);
  };

  async function* pagesOf(prefix: string) {
    const query = { Bucket, Prefix: `${location.prefix}${prefix}/`, MaxKeys: MAX_KEYS_A_CALL };
    for await (const page of paginateListObjectsV2({ client }, query))
      yield (page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
  }

  return {
    put: async (key, body, { signal } = {}) => {
      signal?.throwIfAborted();
      if (typeof body !== "string" && !(body instanceof Uint8Array)) return upload(key, body, signal);
      // The SDK takes an empty string for a stream of unknown length.
      const Body = typeof body === "string" ? Buffer.from(body) : body;
      await client.send(new PutObjectCommand({ ...named(key), Body }));
      return { bytes: Body.length };
    },

    get: async (key, { signal, range } = {}) => {
      const object = await fetchObject(key, signal, range);
      return object && signal ? { ...object, stream: addAbortSignal(signal, object.stream) } : object;
    },

    read: async (key, { signal } = {}) => {
      const object = await fetchObject(key, signal);
      return object && Buffer.concat(await object.stream.toArray({ signal }));
    },

    head: async (key) => {
      const object = await unlessMissing(client.send(new HeadObjectCommand(named(key))));
      return object && { bytes: object.ContentLength ?? 0 };
    },

    copy: async (from, to) => {
      const CopySource = `${Bucket}/${location.prefix}${from}`;
      return (await unlessMissing(client.send(new CopyObjectCommand({ ...named(to), CopySource })))) !== undefined;
    },

    delete: async (key) => {
      await client.send(new DeleteObjectCommand(named(key)));
    },

    deletePrefix: async (prefix) => {
      for await (const keys of pagesOf(prefix)) {
        if (keys.length === 0) continue;
        const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
        const { Errors: [first] = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
        if (first) throw new Error(`The S3 server did not delete ${first.Key}: ${first.Code} ${first.Message}`);
      }
    },

    list: async function* (prefix) {
      for await (const keys of pagesOf(prefix)) yield* keys.map((key) => key.slice(location.prefix.length));
    },

    // Whoever runs the bucket sees to it that there is room.
    space: async () => undefined,

    ping: async () => requireBucket(client, location),

    close: async () => client.destroy(),
  };
};
