import { Button, Tabs } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { cardsQuery, commands } from "../../api";
import { isRunning, JobProgress, Page, useJob, useRun } from "../../components";
import { ChecksTab } from "./ChecksTab";
import { PermissionsTab } from "./PermissionsTab";
import { SettingsTab } from "./SettingsTab";
import { texts } from "./texts";

type PlatformPageProps = { platform: string; tab: string };

/** One platform in depth: its settings, its checks, its permissions. */
export function PlatformPage({ platform, tab }: PlatformPageProps) {
  const [, go] = useLocation();
  const { data: cards } = useQuery(cardsQuery());
  const card = cards?.find((one) => one.id === platform);
  const check = useRun(commands.checkNow);
  const job = useJob("check", platform);
  return (
    <Page
      title={card?.name ?? texts.title}
      sub={card?.tenant}
      actions={
        <>
          <Button leftSection={<IconArrowLeft size={14} />} onClick={() => go("/")}>
            {texts.back}
          </Button>
          <Button variant="filled" loading={isRunning(job)} onClick={() => check.run(platform)}>
            {texts.check}
          </Button>
        </>
      }
    >
      <Tabs value={tab} onChange={(next) => go(`/platforms/${platform}/${next}`)}>
        <Tabs.List>
          <Tabs.Tab value="settings">{texts.tabs.settings}</Tabs.Tab>
          <Tabs.Tab value="checks">{texts.tabs.checks}</Tabs.Tab>
          <Tabs.Tab value="permissions">{texts.tabs.permissions}</Tabs.Tab>
        </Tabs.List>
      </Tabs>
      {isRunning(job) && <JobProgress job={job} title={texts.checking(card?.name ?? "")} />}
      {tab === "settings" && <SettingsTab platform={platform} />}
      {tab === "checks" && <ChecksTab platform={platform} />}
      {tab === "permissions" && <PermissionsTab platform={platform} />}
    </Page>
  );
}

export default PlatformPage;
