/** The parts of an address's path, each as it is meant: `refs%2Fpr%2F1` is one part, `refs/pr/1`. */
export function segmentsOf({ pathname }: URL): readonly string[] {
  return pathname
    .split("/")
    .filter((part) => part !== "")
    .map(decoded);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // A stray % is no code.
  }
}
