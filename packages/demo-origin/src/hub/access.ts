import type { OriginRequest, Reply } from "@preload/core/testing";
import type { Token } from "../catalog.ts";
import type { Address } from "./address.ts";
import { disabled, gated, invalidToken, json, repoNotFound } from "./answers.ts";
import type { HubRepo } from "./repo.ts";

/** The token a request brings: undefined for none, "invalid" for one the Hub does not know. */
export function tokenOf(request: OriginRequest, tokens: Record<string, Token>): Token | "invalid" | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined) return undefined;
  const value = authorization.replace(/^Bearer /, "");
  return Object.hasOwn(tokens, value) ? tokens[value] : "invalid";
}

/** Why the request is turned away, or undefined. */
export function refusal(
  address: Address,
  repo: HubRepo | undefined,
  token: Token | "invalid" | undefined,
): Reply | undefined {
  if (token === "invalid") return invalidToken;
  if (!repo || (repo.private && !token?.owned?.includes(repo.id))) return repoNotFound(token);
  if (repo.disabled) return disabled;
  // What a gated repository holds is public; the files are not.
  const closed = repo.gated !== false && address.action === "resolve";
  if (closed && !token?.accepted?.includes(repo.id)) return gated(repo, token);
  return undefined;
}

export function whoami(token: Token | "invalid" | undefined): Reply {
  if (token === "invalid" || token === undefined) return invalidToken;
  const { user = "demo" } = token;
  const accessToken = { displayName: user, role: "read" };
  return json({ type: "user", name: user, fullname: user, orgs: [], auth: { type: "access_token", accessToken } });
}
