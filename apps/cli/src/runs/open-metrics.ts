import type { RunRecord } from "./record.ts";

/** A run in the text form of OpenMetrics 1.0, for a collector of text files or a push gateway. */
export function openMetrics(record: RunRecord): string {
  const { command } = record;
  const models = toldApart(record.models);
  const of = { command };
  const families: readonly Family[] = [
    {
      name: "preload_run",
      type: "info",
      help: "The run that this file tells of.",
      samples: [{ suffix: "_info", labels: { command, lock_digest: record.lockDigest ?? "" }, value: 1 }],
    },
    {
      name: "preload_run_start_timestamp_seconds",
      type: "gauge",
      unit: "seconds",
      help: "When the run began.",
      samples: [{ labels: of, value: Date.parse(record.at) / 1000 }],
    },
    {
      name: "preload_run_duration_seconds",
      type: "gauge",
      unit: "seconds",
      help: "How long the run took.",
      samples: [{ labels: of, value: record.milliseconds / 1000 }],
    },
    {
      name: "preload_run_exit_code",
      type: "gauge",
      help: "How the run ended: 0 when every required model is there and verified.",
      samples: [{ labels: of, value: record.exitCode }],
    },
    {
      name: "preload_run_fetched_bytes",
      type: "counter",
      unit: "bytes",
      help: "Bytes that came over the network, or out of a pack.",
      samples: [{ suffix: "_total", labels: of, value: record.fetchedBytes }],
    },
    {
      name: "preload_run_requests",
      type: "counter",
      help: "Requests, without redirects and retries.",
      samples: [{ suffix: "_total", labels: of, value: record.requests }],
    },
    {
      name: "preload_run_retries",
      type: "counter",
      help: "Requests that were made again.",
      samples: [{ suffix: "_total", labels: of, value: record.retries }],
    },
    {
      name: "preload_run_network_errors",
      type: "counter",
      help: "Requests that came to nothing, by host and cause.",
      samples: record.errors.map(({ host, cause, count }) => ({
        suffix: "_total",
        labels: { ...of, host, cause },
        value: count,
      })),
    },
    {
      name: "preload_model",
      type: "info",
      help: "Where a model came from: cache, network, repaired, pack, skipped or failed.",
      samples: models.map(({ ref, revision, source }) => ({
        suffix: "_info",
        labels: { ...of, ref, revision: revision ?? "", source },
        value: 1,
      })),
    },
    {
      name: "preload_model_size_bytes",
      type: "gauge",
      unit: "bytes",
      help: "What a model takes on the disk.",
      samples: models.flatMap(({ ref, bytes }) => (bytes === null ? [] : [{ labels: { ...of, ref }, value: bytes }])),
    },
    {
      name: "preload_model_fetched_bytes",
      type: "counter",
      unit: "bytes",
      help: "What of a model was fetched.",
      samples: models.map(({ ref, fetchedBytes }) => ({
        suffix: "_total",
        labels: { ...of, ref },
        value: fetchedBytes,
      })),
    },
    {
      name: "preload_model_duration_seconds",
      type: "gauge",
      unit: "seconds",
      help: "How long a model took, others being worked at meanwhile.",
      samples: models.map(({ ref, milliseconds }) => ({ labels: { ...of, ref }, value: milliseconds / 1000 })),
    },
  ];
  return `${families
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join("")}# EOF\n`;
}

/** A record has addresses without their query, so two models may have one ref there; a collector takes no series twice. */
function toldApart(models: RunRecord["models"]): RunRecord["models"] {
  const times = new Map<string, number>();
  return models.map((model) => {
    const time = (times.get(model.ref) ?? 0) + 1;
    times.set(model.ref, time);
    return time === 1 ? model : { ...model, ref: `${model.ref}#${time}` };
  });
}

interface Family {
  readonly name: string;
  readonly type: "info" | "gauge" | "counter";
  readonly unit?: "seconds" | "bytes";
  readonly help: string;
  readonly samples: readonly {
    readonly suffix?: "_info" | "_total";
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

function familyText({ name, type, unit, help, samples }: Family): string {
  const lines = [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escaped(help)}`,
    ...samples.map(({ suffix = "", labels, value }) => `${name}${suffix}{${labelsText(labels)}} ${value}`),
  ];
  return `${lines.join("\n")}\n`;
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",");
}

function escaped(text: string): string {
  return text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\r?\n/g, "\\n");
}
