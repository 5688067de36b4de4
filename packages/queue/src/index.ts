export { type ConsumerOptions, createConsumer, type JobHandlers } from "./consumer.ts";
export { createProducer, type NewJob, type Producer } from "./producer.ts";
