import { listenToClients } from "./asked.ts";
import { guardDatagrams } from "./datagrams.ts";
import { judgeBy } from "./judge.ts";
import { guardNames } from "./names.ts";
import { guardSockets } from "./sockets.ts";
import { guardWorkers, type Settings } from "./workers.ts";

/** Watches this thread, and those that it starts, which load `file` first. Returns what ends it. */
export function guard(file: string, settings: Settings): () => void {
  const judge = judgeBy(settings);
  const asked = listenToClients();
  const undo = [
    asked.undo,
    guardSockets(judge, asked),
    guardNames(judge),
    guardDatagrams(judge),
    guardWorkers(file, settings),
  ];
  return () => {
    for (const one of undo.reverse()) one();
  };
}
