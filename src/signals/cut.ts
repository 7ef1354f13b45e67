/** The beginning of a text. Half a surrogate pair would not survive storage, so a cut never leaves one. */
export function cut(text: string, charsMax: number): string {
  return text.slice(0, charsMax).toWellFormed();
}
