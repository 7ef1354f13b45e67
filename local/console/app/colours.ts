/** Colours of the style sheet by name, as a canvas takes them: `light-dark()` means nothing there. */
export function coloursOf<Name extends string>(place: HTMLElement, names: readonly Name[]): Record<Name, string> {
  const probe = document.createElement("span");
  place.append(probe);
  const found = names.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(found) as Record<Name, string>;
}
