import { Button } from "@mantine/core";
import { IconMoodSad } from "@tabler/icons-react";
import { Component, type ReactNode } from "react";
import { Empty } from "../components";
import { texts } from "./texts";

type BoundaryProps = { children: ReactNode };

/** Keeps a fault of one screen from taking the window with it. */
export class Boundary extends Component<BoundaryProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Empty
        icon={<IconMoodSad size={22} />}
        title={texts.crashed}
        action={<Button onClick={() => this.setState({ failed: false })}>{texts.again}</Button>}
      >
        {texts.crashedText}
      </Empty>
    );
  }
}
