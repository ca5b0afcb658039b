import type { MaterializeEvent } from "@preload/core";
import type { Display } from "../display.ts";
import { modelDocument } from "../documents.ts";
import type { Io } from "../io.ts";
import { plain } from "../words.ts";

/** Every event as a line of JSON on stdout, for programs that show progress of their own. */
export function eventDisplay(io: Io): Display {
  let ended = false;
  const line = (value: object) => void io.stdout.write(`${JSON.stringify(value)}\n`);
  return {
    doing: () => {},
    resolved(resolutions) {
      for (const resolution of resolutions) line({ type: "resolved", ...modelDocument(resolution) });
    },
    event: (event) => line(shown(forPrograms(event))),
    retry: (event) => line(shown(event)),
    done: (result) => line({ type: "done", ...modelDocument(result) }),
    // The result is the last line, and says the rest.
    notice(text) {
      if (!ended) line({ type: "notice", text: plain(text) });
    },
    detail: () => {},
    write: (output, text) => void io[output].write(text),
    end() {
      ended = true;
    },
  };
}

/** What a server says, and an address that it led to, may hold what is nobody's business. */
function shown(event: object & { readonly url?: string; readonly why?: string }): object {
  const { url, why } = event;
  return {
    ...event,
    ...(url === undefined ? {} : { url: plain(url) }),
    ...(why === undefined ? {} : { why: plain(why) }),
  };
}

function forPrograms(event: MaterializeEvent): object {
  if (event.type !== "plan") return event;
  return { ...event, problems: event.problems.map(({ entry: _, ...problem }) => problem) };
}
