import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";

export interface Tab {
  readonly id: string;
  readonly label: string;
  /** Something in it wants attention. */
  readonly alert?: boolean;
  readonly body: () => ReactNode;
}

interface PaneProps {
  readonly id: string;
  readonly title: string;
  readonly tabs: readonly [Tab, ...Tab[]];
  /** Right in the heading. */
  readonly aside?: ReactNode;
  readonly className?: string;
  readonly onSelect?: (tab: string) => void;
}

/** One part of the page, with views of it to choose from: arrow keys go along them, as WAI-ARIA has tabs. */
export function Pane({ id, title, tabs, aside, className = "", onSelect }: PaneProps) {
  const [chosen, choose] = useState(tabs[0].id);
  const list = useRef<HTMLDivElement>(null);
  const current = tabs.find((tab) => tab.id === chosen) ?? tabs[0];
  const select = (tab: Tab): void => {
    choose(tab.id);
    onSelect?.(tab.id);
  };
  const go = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = (tabs.indexOf(current) + step + tabs.length) % tabs.length;
    select(tabs[at] ?? current);
    list.current?.querySelectorAll("button")[at]?.focus();
  };
  return (
    <section className={`pane ${className}`} id={id} aria-labelledby={`${id}-title`} tabIndex={-1}>
      <div className="head">
        <h2 id={`${id}-title`}>{title}</h2>
        <div className="tabs" role="tablist" aria-label={`Views of ${title}`} ref={list} onKeyDown={go}>
          {tabs.map((tab) => (
            <button
              key={tab.id}
              type="button"
              role="tab"
              id={`${id}-tab-${tab.id}`}
              aria-selected={tab === current}
              aria-controls={`${id}-view`}
              tabIndex={tab === current ? 0 : -1}
              onClick={() => select(tab)}
            >
              {tab.label}
              {tab.alert && <span className="alert" role="img" aria-label="wants attention" />}
            </button>
          ))}
        </div>
        {aside}
      </div>
      <div role="tabpanel" id={`${id}-view`} aria-labelledby={`${id}-tab-${current.id}`}>
        {current.body()}
      </div>
    </section>
  );
}
