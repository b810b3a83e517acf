import { setTimeout as after } from "node:timers/promises";

/** Asks again and again until the answer is true, and answers it. */
export async function until(what, ask, patience = 30_000) {
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`after ${patience / 1000} s still not: ${what}`);
    await after(100);
  }
}
