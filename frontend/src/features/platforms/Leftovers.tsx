import { useQuery } from "@tanstack/react-query";
import { type Card, type Leftover, leftoversQuery } from "../../api";
import { PageLink } from "../../components";
import css from "./platforms.module.css";
import { disconnectTexts as texts } from "./texts";

/** What a former disconnect could not remove at the platform, on its card. */
export function Leftovers({ card }: { card: Card }) {
  const { data } = useQuery(leftoversQuery(card.id));
  if (!data || data.length === 0) return null;
  return (
    <div className={`${css.confirm} text`}>
      <LeftoverList name={card.name} leftovers={data} />
    </div>
  );
}

type LeftoverListProps = { name: string; leftovers: Leftover[] };

/** What stays at a platform, each with the page that removes it. */
export const LeftoverList = ({ name, leftovers }: LeftoverListProps) => (
  <>
    <h3>{texts.stays(name)}</h3>
    <ul>
      {leftovers.map((left) => (
        <li key={left.what}>
          {left.url ? <PageLink url={left.url}>{left.what}</PageLink> : left.what}
        </li>
      ))}
    </ul>
  </>
);
