import { ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, describe, expect, test } from "vitest";
import { createStorage } from "./create-storage.ts";
import { startS3Server } from "./s3-server.ts";
import { storageContract } from "./storage-contract.ts";

const server = await startS3Server();
Object.assign(process.env, server.env);
const client = new S3Client({ endpoint: server.endpoint, region: "us-east-1", forcePathStyle: true });
const storage = createStorage(server.url);

afterAll(async () => {
  await storage.close();
  client.destroy();
  await server.close();
});

const unfinished = async () => {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: server.bucket }));
  return Uploads.map(({ Key }) => Key ?? "");
};

const at = (path: string) => createStorage(server.url.replace(server.bucket, path));

describe("the s3 driver", () => {
  storageContract(() => ({ storage, unfinished }));

  test("keeps all its keys below the prefix of its URL", async () => {
    const below = at(`${server.bucket}/some/folder`);
    const beside = at(`${server.bucket}/some/folder2`);
    await below.put("ten_p/doc_1/input", "below");
    await beside.put("ten_p/doc_1/input", "beside");
    for await (const key of below.list("ten_p")) expect(key).toBe("ten_p/doc_1/input");
    expect((await storage.read("some/folder/ten_p/doc_1/input"))?.toString()).toBe("below");
    await below.deletePrefix("ten_p");
    expect((await beside.read("ten_p/doc_1/input"))?.toString()).toBe("beside");
    await Promise.all([below.close(), beside.close()]);
  });

  test("says what to check when the bucket does not exist, and never takes that for a missing value", async () => {
    const nowhere = at("no-such-bucket");
    await expect(nowhere.ping()).rejects.toThrow(/bucket no-such-bucket at http.* cannot be used/);
    await expect(nowhere.get("ten_1/doc_1/input")).rejects.toThrow(/bucket/);
    await expect(nowhere.put("ten_1/doc_1/input", "x")).rejects.toThrow(/bucket/);
    await nowhere.close();
  });
});
