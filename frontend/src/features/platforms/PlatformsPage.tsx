import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { cardsQuery, overviewQuery } from "../../api";
import { Failed, Page, Panel, Pill, Rows } from "../../components";
import { GettingStarted, Notes } from "./Overview";
import { PlatformCard } from "./PlatformCard";
import css from "./platforms.module.css";
import { texts } from "./texts";

export default function PlatformsPage() {
  const cards = useQuery(cardsQuery());
  const overview = useQuery(overviewQuery());
  return (
    <Page title={texts.title} sub={texts.sub}>
      {cards.isError && <Failed reason={cards.error} onRetry={() => void cards.refetch()} />}
      <div className={css.cards}>
        {cards.data?.map((card) => (
          <PlatformCard key={card.id} card={card} />
        ))}
        {cards.isPending &&
          [1, 2].map((n) => (
            <div key={n} className={css.card} aria-busy="true">
              <Skeleton height={34} width="55%" radius={8} />
              <Skeleton height={96} radius={8} />
            </div>
          ))}
      </div>
      {overview.isError && (
        <Failed reason={overview.error} onRetry={() => void overview.refetch()} />
      )}
      {overview.data && (
        <>
          {overview.data.waiting && (
            <Panel label={overview.data.waitingBadge}>
              <div className={css.banner}>
                <Pill tone="warn">{overview.data.waitingBadge}</Pill>
                <span className="text">{overview.data.waiting}</span>
              </div>
            </Panel>
          )}
          {overview.data.started.some((line) => !line.done) && (
            <GettingStarted lines={overview.data.started} />
          )}
          <Panel
            title={texts.attention}
            aside={
              overview.data.attention.length > 0 && (
                <Pill tone="warn">{overview.data.attention.length}</Pill>
              )
            }
          >
            {overview.data.attention.length === 0 ? (
              <div className="dim" style={{ marginTop: 6 }}>
                {texts.calm}
              </div>
            ) : (
              <Rows label={texts.attention}>
                <Notes notes={overview.data.attention} />
              </Rows>
            )}
          </Panel>
        </>
      )}
    </Page>
  );
}
