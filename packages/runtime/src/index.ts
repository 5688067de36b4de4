export * from "./config.ts";
export * from "./health-server.ts";
export * from "./logger.ts";
export * from "./outage.ts";
export * from "./readiness.ts";
export * from "./redis-options.ts";
export * from "./redis-scripts.ts";
export * from "./run-service.ts";
