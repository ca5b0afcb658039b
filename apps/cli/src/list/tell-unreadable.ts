import type { Session } from "../session.ts";
import type { Survey } from "./survey.ts";

/** What a lock that nobody can read names is shown as unused, which may not be true. */
export function tellUnreadable({ unreadable }: Pick<Survey, "unreadable">, { display }: Session): void {
  for (const { message } of unreadable) display.notice(`warning ${message}; what it names is not known`);
}
