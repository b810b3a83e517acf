import { MantineProvider, useMantineColorScheme } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { type QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Router } from "wouter";
import { useHashLocation } from "wouter/use-hash-location";
import { followChanges, preferencesQuery } from "../api";
import { Shell } from "./Shell";
import { cssVariables, theme } from "./theme";

/** The window: theme, data and routes around the frame. */
export function App({ client }: { client: QueryClient }) {
  useEffect(() => followChanges(client), [client]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <ModalsProvider labels={{ confirm: "Yes", cancel: "Cancel" }}>
          <Notifications position="bottom-right" limit={4} />
          <ColorScheme />
          <Router hook={useHashLocation}>
            <Shell />
          </Router>
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** Follows the theme that is set, or the system's. */
function ColorScheme() {
  const { setColorScheme } = useMantineColorScheme();
  const { data } = useQuery(preferencesQuery());
  const wanted = data?.theme;
  useEffect(() => {
    if (wanted === "light" || wanted === "dark" || wanted === "auto") setColorScheme(wanted);
  }, [wanted, setColorScheme]);
  return null;
}
