import { Fragment } from "react";

/** EC2's ids, which browsers break after the dash. */
const ids = /(\bi-[0-9a-f]{8,17}\b)/;

/** Text in which an instance's id stays on one line, so that it can be read and found as a whole. */
export function WithIds({ children }: { children: string }) {
  return children.split(ids).map((part, index) =>
    index % 2 === 1 ? (
      // The parts of a text have no names but their places.
      // oxlint-disable-next-line react/no-array-index-key
      <span key={index} className="id">
        {part}
      </span>
    ) : (
      // oxlint-disable-next-line react/no-array-index-key
      <Fragment key={index}>{part}</Fragment>
    ),
  );
}
