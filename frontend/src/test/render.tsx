import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { Router } from "wouter";
import { useHashLocation } from "wouter/use-hash-location";
import { makeQueryClient } from "../api";
import { theme } from "../app/theme";

/** Draws a screen as the window does, without animations. */
export function show(screen: ReactNode) {
  const client = makeQueryClient();
  render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={client}>
        <ModalsProvider>
          <Notifications />
          <Router hook={useHashLocation}>{screen}</Router>
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return client;
}
