/** Whether a number changes no more than was planned: it lies between what is there and what was planned, both included. */
export const isBetween = (asked: number, was: number, planned: number): boolean =>
  asked >= Math.min(was, planned) && asked <= Math.max(was, planned);
