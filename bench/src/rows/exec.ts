import { Project } from "../peers/preload.ts";
import type { Peer, Row } from "../row.ts";
import type { Stage } from "../stage.ts";

/** What it costs to have a command started by us. */
export function execRows(stage: Stage): Row[] {
  const start = (name: string, work: string, bar: number, ...flags: string[]): Row => {
    const project = new Project(stage, `ours-${name}`, "whisper:tiny.en", stage.addresses.near);
    const bare: Peer = { name: "sh -c true", command: { argv: ["sh", "-c", "true"] } };
    const node: Peer = { name: "node -e 0", bar, command: { argv: [process.execPath, "-e", "0"] } };
    return {
      name,
      work,
      bytes: 0,
      // Nothing to verify: what that costs is another row's.
      ours: {
        prepare: () => project.write(),
        command: withOperands(project.command("exec", "--no-verify", ...flags), "true"),
      },
      peers: [node, bare],
    };
  };
  return [
    start("exec", "`preload exec -- true`", 5),
    start(
      "exec-offline",
      "`preload exec --offline=strict -- true`: the network cut, and shown to be cut",
      9,
      "--offline=strict",
    ),
  ];
}

function withOperands<C extends { readonly argv: readonly string[] }>(command: C, ...words: readonly string[]): C {
  return { ...command, argv: [...command.argv, "--", ...words] };
}
