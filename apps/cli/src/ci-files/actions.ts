/**
 * The actions of others that a generated workflow uses, each pinned to the commit that its tag named when this was
 * written (`git rev-parse v7.0.1^{commit}` in a clone).
 */
export const actions = {
  checkout: "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
  node: "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0",
  python: "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0",
  /** Our own moves with its major version, as this command does. */
  preload: "preload-dev/preload/apps/action@v0",
} as const;
