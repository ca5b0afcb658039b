/**
 * The address with a name and a password that can be unescaped: where a `%` escapes nothing, as in a password that was
 * written as it is, every one of that part stands for itself.
 */
export function withLiteralPercent(address: string | URL): URL {
  const url = new URL(address);
  if (!canBeUnescaped(url.username)) url.username = url.username.replaceAll("%", "%25");
  if (!canBeUnescaped(url.password)) url.password = url.password.replaceAll("%", "%25");
  return url;
}

function canBeUnescaped(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}
