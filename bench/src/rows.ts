import type { Measure } from "./measure.ts";
import type { Row } from "./row.ts";
import { ecosystemRows } from "./rows/ecosystems.ts";
import { execRows } from "./rows/exec.ts";
import { largeRows, memory } from "./rows/large.ts";
import { manyRows } from "./rows/many.ts";
import { thereRows } from "./rows/there.ts";
import type { Stage } from "./stage.ts";

/** Every row of the table. */
export function rowsOf(stage: Stage, measure: Measure): Row[] {
  return [
    ...largeRows(stage),
    ...manyRows(stage),
    ...thereRows(stage, measure),
    ...execRows(stage),
    ...ecosystemRows(stage),
    ...memory(stage),
  ];
}
