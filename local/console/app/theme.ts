import { useSyncExternalStore } from "react";

const dark = window.matchMedia("(prefers-color-scheme: dark)");

function follow(changed: () => void): () => void {
  dark.addEventListener("change", changed);
  return () => dark.removeEventListener("change", changed);
}

/** The theme that the reader's system asks for, from the first paint on: the renderer alone would begin light. */
export const useTheme = (): "light" | "dark" => useSyncExternalStore(follow, () => (dark.matches ? "dark" : "light"));
