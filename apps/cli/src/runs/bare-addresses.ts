/** The same text, whose addresses are without name, password, query and fragment. */
export function bareAddresses(text: string): string {
  return text.replace(/\b(https?:\/\/)([^\s"'<>]*)/gi, (_, scheme: string, rest: string) => {
    const [place = ""] = rest.split(/[?#]/, 1);
    const slash = place.indexOf("/");
    const host = slash < 0 ? place : place.slice(0, slash);
    return `${scheme}${host.slice(host.lastIndexOf("@") + 1)}${slash < 0 ? "" : place.slice(slash)}`;
  });
}
