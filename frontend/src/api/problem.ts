import type { Problem, Remedy } from "./types";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

const isRemedy = (value: unknown): value is Remedy =>
  isObject(value) && ["cause", "fix", "fixUrl"].every((key) => typeof value[key] === "string");

/** Turns whatever a call was rejected with into a Problem to show. */
export function toProblem(reason: unknown): Problem {
  const blank: Problem = {
    message: "",
    advice: "",
    kind: "internal",
    code: "",
    status: 0,
    requestId: "",
    time: "",
    retryIn: 0,
    cause: "",
    fix: "",
    fixUrl: "",
    others: [],
    raw: "",
    unrecognised: false,
  };
  if (isObject(reason) && typeof reason.message === "string") {
    const text = (key: string) => (typeof reason[key] === "string" ? reason[key] : "");
    const count = (key: string) => (typeof reason[key] === "number" ? reason[key] : 0);
    return {
      message: reason.message,
      advice: text("advice"),
      kind: text("kind") || "internal",
      code: text("code"),
      status: count("status"),
      requestId: text("requestId"),
      time: text("time"),
      retryIn: count("retryIn"),
      cause: text("cause"),
      fix: text("fix"),
      fixUrl: text("fixUrl"),
      others: Array.isArray(reason.others) ? reason.others.filter(isRemedy) : [],
      raw: text("raw"),
      unrecognised: reason.unrecognised === true,
    };
  }
  return { ...blank, message: typeof reason === "string" ? reason : "It did not work." };
}
