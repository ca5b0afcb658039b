import { PreloadError, whatItSaid } from "@preload/core";
import { isCommit, type Repo, repoPath } from "./repo.ts";

/** A status in place of an answer. */
export interface Refused {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Where it came from. */
  readonly url: string;
}

const again = "Run the same command again later.";

/** What the Hub means by a status, in the order in which its own client decides (`hf_raise_for_status`). */
export function refusal(answer: Refused, repo: Repo, { token }: { token: boolean }): PreloadError {
  const { status, headers } = answer;
  const code = headers["x-error-code"];
  const said = whatItSaid(headers["x-error-message"] ?? errorIn(answer.text) ?? "");
  const facts = `\n  ${new URL(answer.url).host} answers ${status}${said && `: ${said}`}`;

  if (code === "RevisionNotFound" || (status === 404 && /invalid rev/i.test(said))) return noRevision(repo, facts);
  if (code === "EntryNotFound") {
    return new PreloadError("BAD_ANSWER", `${repo.ref}: a file of its listing is not there\n  ${answer.url}`, {
      hint: again,
    });
  }
  if (code === "GatedRepo") return gated(repo, status, facts, token);
  if (said === "Access to this resource is disabled.") {
    return new PreloadError("NOT_FOUND", `${repo.ref}: the Hub has disabled this repository${facts}`);
  }
  // A token that is valid but may not see the repository gets a 404.
  if (code === undefined && status === 401 && token) {
    return new PreloadError("UNAUTHORIZED", `${repo.ref}: the token is not valid${facts}`, {
      hint: "Make a new token at https://huggingface.co/settings/tokens and set HF_TOKEN.",
    });
  }
  // To a stranger, a repository that is private or gated looks like one that does not exist.
  if (code === "RepoNotFound" || status === 401 || status === 404) return noRepo(repo, facts, token);
  if (status === 403) {
    return new PreloadError("UNAUTHORIZED", `${repo.ref}: the token may not read it${facts}`, {
      hint: "A fine-grained token needs read access to this repository.",
    });
  }
  if (status === 429)
    return new PreloadError("RATE_LIMITED", `${repo.ref}: too many requests${facts}`, { hint: again });
  return new PreloadError("NETWORK", `${repo.ref}: the Hub does not answer as it should${facts}`, { hint: again });
}

function noRevision(repo: Repo, facts: string): PreloadError {
  const { type, id, revision } = repo;
  const message = `${repo.ref}: the ${type} ${id} is there, but has no revision ${revision}${facts}`;
  if (isCommit(revision)) {
    return new PreloadError("FOREIGN_COMMIT", message, {
      hint: "The pin was made for another repository, or its history was rewritten.",
    });
  }
  const hint = `Its branches and tags: ${page(repo)}/tree/main`;
  return new PreloadError("REVISION_NOT_FOUND", message, {
    hint: /^[0-9a-f]{7,64}$/i.test(revision) ? `${notACommit(revision)} ${hint}` : hint,
  });
}

/** The clients take it for a branch, and so do we. */
function notACommit(revision: string): string {
  if (/^[0-9a-fA-F]{40}$/.test(revision)) return `A commit is written in lower case: ${revision.toLowerCase()}.`;
  return `A commit is written with all its 40 digits; this has ${revision.length}.`;
}

function gated(repo: Repo, status: number, facts: string, token: boolean): PreloadError {
  if (status === 401) {
    const why = token ? "the token is not accepted" : "no token was sent";
    return new PreloadError("GATED", `${repo.ref} is gated, and ${why}${facts}`, {
      hint: `Accept its terms at ${page(repo)} and set HF_TOKEN to a token of that account.`,
    });
  }
  return new PreloadError("GATED", `${repo.ref} is gated, and the token's account has not been given access${facts}`, {
    hint: `Accept its terms at ${page(repo)}, or wait until its authors have said yes.`,
  });
}

function noRepo(repo: Repo, facts: string, token: boolean): PreloadError {
  const { type, id } = repo;
  if (token) {
    return new PreloadError(
      "NOT_FOUND",
      `${repo.ref}: there is no ${type} ${id}, or the token may not see it${facts}`,
      {
        hint: "Check the spelling, and the repositories the token may read.",
      },
    );
  }
  return new PreloadError(
    "NOT_FOUND",
    `${repo.ref}: there is no ${type} ${id} that can be seen without a token${facts}`,
    {
      hint: "Check the spelling. A private or gated repository looks the same as a missing one: set HF_TOKEN.",
    },
  );
}

function page(repo: Repo): string {
  return `https://huggingface.co/${repoPath(repo)}`;
}

function errorIn(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    if (Array.isArray(error)) return error.join(", ");
    return typeof error === "string" ? error : undefined;
  } catch {
    return undefined;
  }
}
