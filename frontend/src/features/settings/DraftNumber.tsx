import { NumberInput } from "@mantine/core";
import { useEffect, useState } from "react";

type DraftNumberProps = {
  label: string;
  value: number;
  min?: number;
  max?: number;
  suffix?: string;
  onSet: (value: number) => void;
};

/** A number that counts when the field is left or Enter is pressed, not while it is typed. */
export function DraftNumber({
  label,
  value,
  min = 0,
  max = 100_000,
  suffix,
  onSet,
}: DraftNumberProps) {
  const [draft, setDraft] = useState<number | string>(value);
  useEffect(() => setDraft(value), [value]);
  const store = () => {
    const n = Number(draft);
    if (draft === "" || !Number.isInteger(n) || n < min || n > max) setDraft(value);
    else if (n !== value) onSet(n);
  };
  return (
    <NumberInput
      label={label}
      value={draft}
      min={min}
      max={max}
      allowDecimal={false}
      allowNegative={false}
      {...(suffix ? { suffix } : {})}
      onChange={setDraft}
      onBlur={store}
      onKeyDown={(event) => event.key === "Enter" && store()}
    />
  );
}
