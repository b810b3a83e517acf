import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { type Job, JobState, jobsQuery } from "../api";
import { showDone, showProblem } from "../components";
import { texts } from "./texts";

// The wizard shows how its own jobs ended, beside the button that began them.
const shownElsewhere = new Set(["action", "verify"]);

/** Says in the corner how a job ended that was seen running. */
export function useJobNotices() {
  const { data: jobs } = useQuery(jobsQuery());
  const running = useRef(new Set<string>());
  useEffect(() => {
    for (const job of jobs ?? []) {
      if (job.state === JobState.Running) running.current.add(job.id);
      else if (running.current.delete(job.id) && !shownElsewhere.has(job.kind)) announce(job);
    }
  }, [jobs]);
}

function announce(job: Job) {
  if (job.state === JobState.Failed && job.problem) showProblem(job.problem);
  if (job.state === JobState.Done) showDone(job.note || texts.jobDone[job.kind] || "Done");
}
