/** How a run is ended, impatiently or politely, and how it then exits. */
export const signals = ["SIGKILL", "SIGTERM", "SIGINT"] as const;
export const exits = { SIGKILL: 137, SIGTERM: 143, SIGINT: 130 } as const;
