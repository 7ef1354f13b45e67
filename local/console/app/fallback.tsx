import { Component, type ReactNode } from "react";

interface FallbackProps {
  /** What is rendered: when it is another, rendering is tried again. */
  readonly of: unknown;
  readonly text: string;
  readonly children: ReactNode;
}

/** Shows a message's text instead of blocks that the renderer cannot render, so that one message does not end the page. */
export class Fallback extends Component<FallbackProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidUpdate({ of: before }: FallbackProps): void {
    if (this.state.failed && before !== this.props.of) this.setState({ failed: false });
  }

  override render(): ReactNode {
    return this.state.failed ? <p className="plain">{this.props.text}</p> : this.props.children;
  }
}
