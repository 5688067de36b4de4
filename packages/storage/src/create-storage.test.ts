import { describe, expect, test } from "vitest";
import { createStorage } from "./create-storage.ts";
import { parseS3Url } from "./s3-url.ts";

describe("a storage URL", () => {
  test.for([
    "",
    "/data",
    "data",
    "file:data",
    "file:/data",
    "file://data/x",
    "file:///",
    "file:///data?x=1",
    "http://data",
  ])("that names no storage is refused with the two forms there are: %s", (url) => {
    expect(() => createStorage(url)).toThrow(/must be file:\/\/\/absolute\/folder, or s3:\/\/bucket/);
  });

  test("for S3 may be a bucket alone: then it is AWS, and the environment knows the region", () => {
    expect(parseS3Url(new URL("s3://my-bucket"))).toEqual({
      bucket: "my-bucket",
      prefix: "",
      endpoint: undefined,
      region: undefined,
      forcePathStyle: false,
    });
  });

  test("for S3 with an endpoint is one of a server that has one host name", () => {
    expect(parseS3Url(new URL("s3://my-bucket/some/folder/?endpoint=http://127.0.0.1:9000"))).toEqual({
      bucket: "my-bucket",
      prefix: "some/folder/",
      endpoint: "http://127.0.0.1:9000",
      region: "us-east-1",
      forcePathStyle: true,
    });
  });

  test("for S3 may set region and path style", () => {
    const url = new URL("s3://b.c/?endpoint=https://storage.example.org&region=auto&forcePathStyle=false");
    expect(parseS3Url(url)).toMatchObject({ bucket: "b.c", prefix: "", region: "auto", forcePathStyle: false });
  });

  test.for([
    ["s3://", "name of the bucket"],
    ["s3:///folder", "name of the bucket"],
    ["s3://Bucket_", "name of the bucket"],
    ["s3://bucket:9000/x", "name of the bucket"],
    ["s3://bucket?endpoint=minio:9000", "endpoint must be an http:// or https:// address"],
    ["s3://bucket?forcePathStyle=yes", "forcePathStyle must be true or false"],
    ["s3://bucket?regoin=x", "the option regoin is not known (there are endpoint, region, forcePathStyle)"],
    ["s3://bucket/../x//y", "is not a storage key"],
  ])("for S3 is refused with the reason: %s", ([url, reason]) => {
    expect(() => createStorage(url ?? "")).toThrow(reason);
  });

  test("with credentials is refused without repeating them", () => {
    expect(() => createStorage("s3://AKIA123:hunter2@bucket")).toThrow(
      expect.toSatisfy(
        (error: Error) => /AWS_ACCESS_KEY_ID/.test(error.message) && !/hunter2|AKIA123/.test(error.message),
      ),
    );
  });
});
