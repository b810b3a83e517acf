import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./app/theme.css";
import "./app/kit.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { makeQueryClient } from "./api";
import { App } from "./app/App";

// Only a build made to look at the screens has invented data.
if (import.meta.env.MODE === "fake") {
  const { installFake } = await import("./test/fake");
  installFake(window, new URLSearchParams(window.location.search).get("scene") ?? "busy");
}

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App client={makeQueryClient()} />
    </StrictMode>,
  );
}
