/** What --ci takes. By itself, since every start of the command line reads it. */
export const ciNames = ["github", "gitlab", "circleci", "azure", "jenkins", "buildkite"] as const;

export type CiName = (typeof ciNames)[number];
