import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { type Job, JobState, jobsQuery } from "../api";
import { showDone, showProblem } from "../components";
import { texts } from "./texts";

// The wizard shows how its own jobs ended, beside the button that began them.
const shownElsewhere = new Set(["action", "verify"]);

/** The jobs that ended since the list before; none when there was no list before. */
export function justEnded(before: Job[] | undefined, now: Job[]): Job[] {
  if (!before) return [];
  const ended = new Set(
    before.filter((job) => job.state !== JobState.Running).map((job) => job.id),
  );
  return now.filter((job) => job.state !== JobState.Running && !ended.has(job.id));
}

/** Says in the corner how a job ended, also one that was too quick to be seen running. */
export function useJobNotices() {
  const { data: jobs } = useQuery(jobsQuery());
  const before = useRef<Job[]>(undefined);
  useEffect(() => {
    if (!jobs) return;
    for (const job of justEnded(before.current, jobs)) {
      if (!shownElsewhere.has(job.kind)) announce(job);
    }
    before.current = jobs;
  }, [jobs]);
}

function announce(job: Job) {
  if (job.state === JobState.Failed && job.problem) showProblem(job.problem);
  if (job.state === JobState.Done) showDone(job.note || texts.jobDone[job.kind] || "Done");
}
