export { followChanges, makeQueryClient, type Topic } from "./client";
export { commands } from "./commands";
export { toProblem } from "./problem";
export * from "./queries";
export * from "./types";
