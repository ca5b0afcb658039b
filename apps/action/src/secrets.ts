const hidden = new Set<string>();

/** Keeps a text out of everything that is said from now on: of what the runner does so with, and of what it does not. */
export function hide(secret: string): void {
  hidden.add(secret);
}

export function withoutSecrets(text: string): string {
  return [...hidden].reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
}

/** What is known to be secret here, as texts that nothing we say may hold: a server may say back what it was sent. */
export function secretsOf(token: string, env: NodeJS.ProcessEnv): string[] {
  const named = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "ACTIONS_RUNTIME_TOKEN"].map((name) => env[name] ?? "");
  const inAddresses = Object.entries(env).flatMap(([name, value = ""]) =>
    /_(ENDPOINT|PROXY)$/i.test(name) && URL.canParse(value) ? passwordsIn(new URL(value)) : [],
  );
  // What is shorter is no secret, and is in too many words.
  const others = [...named, ...inAddresses].filter((text) => text.length >= 4);
  return [...new Set([token, ...others])].filter((text) => text !== "");
}

/** As it is written and as it is meant. */
function passwordsIn({ password }: URL): string[] {
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
