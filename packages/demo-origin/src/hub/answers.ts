import type { Reply } from "@preload/core/testing";
import type { HubRepo } from "./repo.ts";

// A client decides by X-Error-Code and the status; the texts are those of huggingface.co.

export function json(value: unknown, headers: Record<string, string> = {}): Reply {
  return { headers: { "content-type": "application/json; charset=utf-8", ...headers }, body: JSON.stringify(value) };
}

export const invalidToken = failure(401, "Invalid credentials in Authorization header");
export const disabled = failure(403, "Access to this resource is disabled.");

/** Without a token, a missing repository and a private one look the same, and have no error code. */
export function repoNotFound(token: unknown): Reply {
  return token ? failure(404, "Repository not found", "RepoNotFound") : failure(401, "Invalid username or password.");
}

export function revisionNotFound(revision: string): Reply {
  return failure(404, `Invalid rev id: ${revision}`, "RevisionNotFound");
}

export function entryNotFound(commit: string): Reply {
  return failure(404, "Entry not found", "EntryNotFound", { "x-repo-commit": commit });
}

export function gated(repo: HubRepo, token: unknown): Reply {
  const restricted = `Access to ${repo.kind.slice(0, -1)} ${repo.id} is restricted`;
  return token
    ? failure(
        403,
        `${restricted} and you are not in the authorized list. Visit its page to ask for access.`,
        "GatedRepo",
      )
    : failure(
        401,
        `${restricted}. You must have access to it and be authenticated to access it. Please log in.`,
        "GatedRepo",
      );
}

export function moved(location: string): Reply {
  return { status: 307, headers: { location }, body: `Temporary Redirect. Redirecting to ${location}` };
}

function failure(status: number, message: string, code?: string, headers: Record<string, string> = {}): Reply {
  const error = json(
    { error: message },
    { ...headers, "x-error-message": message, ...(code && { "x-error-code": code }) },
  );
  return { ...error, status };
}
