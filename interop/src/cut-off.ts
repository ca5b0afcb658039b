import { runProgram } from "./run-program.ts";

/**
 * The words before a command that give it a network of its own: loopback, with nobody on it, and no way out.
 * When the command ends, the kernel's own counters of what it tried go to the file that `$1` names.
 */
export async function cutOff(): Promise<readonly string[]> {
  const ways = [
    ["unshare", "--net"],
    ["unshare", "--map-root-user", "--net"],
  ];
  for (const way of ways) {
    const { code } = await runProgram([...way, "true"]).catch(() => ({ code: 1 }));
    if (code === 0) return [...way, "sh", "-c", script, "sh"];
  }
  throw new Error(
    "The network cannot be cut below a program here: `unshare --net` and `unshare --map-root-user --net` are refused. Run as root, or allow user namespaces.",
  );
}

const script = `
counters=$1; shift
ip link set lo up 2>/dev/null
"$@"
code=$?
cat /proc/net/snmp /proc/net/snmp6 > "$counters"
exit $code`;

/** What a program tried below every language: packets made, and packets that found no way. */
export function attemptsIn(counters: string): number {
  const lines = counters.split("\n");
  const ip = lines.filter((line) => line.startsWith("Ip:")).map((line) => line.split(" "));
  const four = ["OutRequests", "OutNoRoutes"].map((name) => Number(ip[1]?.[ip[0]?.indexOf(name) ?? -1] ?? 0));
  const six = lines.flatMap((line) => /^Ip6Out(?:Requests|NoRoutes)\s+(\d+)/.exec(line)?.[1] ?? []).map(Number);
  return [...four, ...six].reduce((sum, count) => sum + count, 0);
}
