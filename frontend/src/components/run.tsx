import { notifications } from "@mantine/notifications";
import { useMutation, useQuery } from "@tanstack/react-query";
import { commands, type Job, JobState, jobsQuery, type Problem, toProblem } from "../api";

const closeButtonProps = { "aria-label": "Close this notice" };

/** Shows a problem in the corner, until it is closed. */
export function showProblem(problem: Problem) {
  notifications.show({
    color: "red",
    title: problem.cause || problem.message,
    message: [problem.fix || problem.advice, problem.code && `Answer: ${problem.code}`]
      .filter(Boolean)
      .join(" "),
    autoClose: 15_000,
    closeButtonProps,
  });
}

/** Says in the corner that something worked. */
export function showDone(message: string) {
  notifications.show({ message, autoClose: 4000, closeButtonProps });
}

/** A command with its state; a failure is shown in the corner. */
export function useRun<A extends unknown[], R>(
  command: (...args: A) => Promise<R>,
  done?: (result: R, args: A) => void,
) {
  const mutation = useMutation({
    mutationFn: (args: A) => command(...args),
    onError: (reason) => showProblem(toProblem(reason)),
    onSuccess: (result, args) => done?.(result, args),
  });
  return {
    run: (...args: A) => mutation.mutate(args),
    pending: mutation.isPending,
  };
}

/** Copies text and says so. */
export function useCopy() {
  const { run } = useRun(commands.copy, () => showDone("Copied"));
  return run;
}

/** The last job of that kind and subject, running or ended. */
export function useJob(kind: string, subject = ""): Job | undefined {
  const { data } = useQuery(jobsQuery());
  return data?.findLast((job) => job.kind === kind && job.subject === subject);
}

export const isRunning = (job: Job | undefined): job is Job => job?.state === JobState.Running;
