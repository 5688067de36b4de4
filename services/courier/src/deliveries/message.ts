import { cloudEventType } from "@lectura/contracts";
import { type DocumentStore, isTombstone, toDocument } from "@lectura/documents";
import { currentTraceparent } from "@lectura/telemetry";
import type { DeliveryRecord } from "@lectura/webhooks";

/**
 * The body of a delivery: a CloudEvent (1.0, JSON) with the document as it is, its links absolute. Once the document is
 * deleted or begun anew, only what the delivery itself knows is left to tell.
 */
export const createMessage =
  ({ documents, publicUrl }: { documents: Pick<DocumentStore, "read">; publicUrl: string }) =>
  async (delivery: DeliveryRecord): Promise<Buffer> => {
    const status = delivery.event.slice("document.".length);
    const record = await documents.read(delivery.document);
    const told = record && !isTombstone(record) && record.status === status ? toDocument(record, null) : undefined;
    const absolute = (path: string): string => new URL(path, publicUrl).href;
    const links = Object.entries(told?.links ?? {}).map(([name, path]) => [name, absolute(path)]);
    return Buffer.from(
      JSON.stringify({
        specversion: "1.0",
        id: delivery.event_id,
        source: publicUrl,
        type: cloudEventType(delivery.event),
        subject: delivery.document,
        time: new Date(delivery.at).toISOString(),
        datacontenttype: "application/json",
        traceparent: currentTraceparent(),
        data: told ? { ...told, links: Object.fromEntries(links) } : { id: delivery.document, status },
      }),
    );
  };
export type Message = ReturnType<typeof createMessage>;
