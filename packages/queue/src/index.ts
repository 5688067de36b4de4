export { type ConsumerOptions, createConsumer, type JobHandlers } from "./consumer.ts";
export { JOB_ATTEMPTS } from "./options.ts";
export { createProducer, type NewJob, type Producer } from "./producer.ts";
