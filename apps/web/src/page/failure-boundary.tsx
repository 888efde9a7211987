import './failure-boundary.css';
import { Component, type ReactNode } from 'react';
import { words } from './page.js';

interface FailureBoundaryProps {
  /** What is below is about this. When it changes, it is tried again. */
  about?: unknown;
  /** Loads the page again by itself, so many milliseconds after a failure. */
  reloadAfterMs?: number;
  children: ReactNode;
}

interface FailureBoundaryState {
  error?: Error | undefined;
}

/** Says in the place of a part that has failed, or could not be loaded, what can be done. What is around it goes on. */
export class FailureBoundary extends Component<FailureBoundaryProps, FailureBoundaryState> {
  override state: FailureBoundaryState = {};

  static getDerivedStateFromError(error: Error): FailureBoundaryState {
    return { error };
  }

  override componentDidCatch(): void {
    const { reloadAfterMs } = this.props;
    if (reloadAfterMs === undefined) return;
    setTimeout(() => {
      location.reload();
    }, reloadAfterMs);
  }

  override componentDidUpdate({ about }: FailureBoundaryProps): void {
    if (about !== this.props.about && this.state.error) this.setState({ error: undefined });
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="notice notice-bad failure" role="alert">
        <p>
          <b>{words.failure.says}</b> {words.failure.more}
          <code>{error.message}</code>
        </p>
        <button
          className="button"
          onClick={() => {
            location.reload();
          }}
        >
          {words.failure.reload}
        </button>
      </div>
    );
  }
}
