// As long as a sentence or two: what is longer is a page, or somebody's log.
const longest = 300;

/**
 * What a server says of its refusal, fit for a message: one line of bearable length, without the credentials of the
 * request, since some servers and proxies answer with what they were sent.
 */
export function whatItSaid(text: string): string {
  const line = text
    .replace(/\s+/g, " ")
    .trim()
    // What has a capital, a digit or a sign is no word of a sentence, such as "Basic authentication is required".
    .replace(/\b(bearer|Bearer|basic|Basic) +(?=\S*[A-Z0-9_=])[\w.~+/=-]{4,}/g, "$1 …")
    .replace(/\bhf_[A-Za-z0-9]{4,}/g, "hf_…");
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
