/** Tells the person who started the tests, beside what the runner itself reports. */
export function say(text: string): void {
  if (text !== "") process.stderr.write(text.endsWith("\n") ? text : `preload: ${text}\n`);
}
