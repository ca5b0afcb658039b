import { PreloadError } from "@preload/core";
import { size } from "../prune/limits.ts";
import type { Session } from "../session.ts";
import { table } from "../table.ts";
import { bytes, count, plain } from "../words.ts";
import type { Droppable } from "./droppable.ts";

/** What GitHub keeps for a repository before it throws out the oldest. */
const usual = "10 GB";

// Beside the models there are other caches, and the entries of the last lock stay until they are thrown out.
const comfortable = 0.6;

/** How much of a CI's cache the models take. */
export interface Budget {
  /** In bytes. */
  readonly limit: number;
  /** What said so, for people. */
  readonly rule: string;
  /** What the entries take, unpacked, in bytes. */
  readonly bytes: number;
  /** 1 is all of it. */
  readonly share: number;
  readonly verdict: "fits" | "near" | "over";
}

/** @throws PreloadError `USAGE` for a budget of nothing */
export function budgetFor(taken: number, { config }: Pick<Session, "config">, flag: number | undefined): Budget {
  const { budget } = config.ci ?? {};
  const [limit, rule] =
    flag !== undefined
      ? [flag, "--budget"]
      : budget === undefined
        ? [size(usual), "default"]
        : [size(budget), `ci.budget in ${config.path}`];
  if (limit <= 0) throw new PreloadError("USAGE", `${rule}: a budget of nothing leaves no room for a model`);
  const share = taken / limit;
  return { limit, rule, bytes: taken, share, verdict: share > 1 ? "over" : share > comfortable ? "near" : "fits" };
}

/** `6.4 GB of 10 GB, 64 %` */
export function describeBudget({ limit, bytes: taken, share }: Budget): string {
  return `${bytes(taken)} of ${bytes(limit)}, ${Math.round(share * 100)} %`;
}

/** @throws PreloadError `POLICY` with the table of what to drop, the largest first */
export function refuseOverBudget(budget: Budget, largest: readonly Droppable[]): void {
  if (budget.verdict !== "over") return;
  const { limit, bytes: own, rule } = budget;
  // Rounded, the two may be alike.
  const message = `the models take ${bytes(own)} of a cache of ${bytes(limit)}, ${bytes(own - limit)} too much (${rule})`;
  throw new PreloadError("POLICY", `${message}\n${dropTable(budget, largest).join("\n")}`, {
    hint: "Take some of these out of the profiles of this job, name fewer profiles with --profile, or raise the budget: --budget, or ci.budget in the config.",
    details: { budget, drop: largest },
  });
}

// More than these is no choice any more.
const most = 10;

function dropTable({ limit }: Budget, largest: readonly Droppable[]): string[] {
  const shown = largest.slice(0, most);
  const enough = largest.findIndex(({ left }) => left <= limit);
  const rows = shown.map(({ ref, bytes: own, profiles, requiredBy, left }, index) => [
    plain(ref),
    bytes(own),
    bytes(left),
    requiredBy.length > 0 ? `required by ${plain(requiredBy.join(", "))}` : plain(profiles.join(", ")),
    index === enough ? "fits" : "",
  ]);
  const lines = table(
    [
      { title: "largest first" },
      { title: "saves", align: "right" },
      { title: "then left", align: "right" },
      { title: "in" },
      { title: "" },
    ],
    rows,
  );
  const rest = largest.length - shown.length;
  return [...lines, ...(rest > 0 ? [`and ${count(rest, "smaller one")}`] : [])].map((line) => `  ${line}`);
}
