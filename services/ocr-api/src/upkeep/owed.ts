import { selectPages } from "@lectura/contracts";
import type { DocumentRecord, DocumentStore } from "@lectura/documents";
import type { Producer } from "@lectura/queue";

/** Puts back into the queue whatever a record says is owed; what is there already is not doubled. */
export const createReenqueue =
  ({ documents, producer }: { documents: DocumentStore; producer: Producer }) =>
  async (record: DocumentRecord): Promise<void> => {
    if (record.input === null) return documents.wantFetch(record.id);
    const job = { tenant: record.tenant, document: record.id, attempt: record.attempt };
    if (record.source_pages === null || record.issued === null)
      return producer.add("inspect", job, record.options.priority);
    if (record.done + record.failed === record.total) return producer.add("assemble", job);
    const settled = await documents.settledPages(record.id);
    const issued = selectPages(record.options.pages, record.source_pages).slice(0, record.issued);
    const owed = issued.filter((page) => !settled.has(page));
    await producer.addAll(
      "page",
      owed.map((page) => ({ ...job, page })),
      record.options.priority,
    );
  };
