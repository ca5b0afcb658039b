import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withoutMark } from "./node-project.ts";

/** What a project needs before its tests run, and how they are run. */
export interface Found {
  readonly version: string;
  readonly setUp: readonly string[];
  readonly tests: readonly string[];
}

/** Undefined where nothing is of Python. */
export function pythonProject(dir: string): Found | undefined {
  const names = readdirSync(dir);
  const requirements = names.filter((name) => /^requirements([-_.]\w+)*\.txt$/.test(name)).sort();
  const has = (name: string) => names.includes(name);
  const project = has("pyproject.toml") ? withoutMark(readFileSync(join(dir, "pyproject.toml"), "utf8")) : "";
  const isPackage = has("setup.py") || /^\[(project|build-system)\]/m.test(project);
  const isPython =
    requirements.length > 0 || isPackage || ["pyproject.toml", "setup.cfg", "pytest.ini", "tox.ini"].some(has);
  if (!isPython) return undefined;

  const runs = runner(dir, project, { has, requirements });
  const declared = declarations(dir, project, requirements);
  const isPytest = runs === "python -m pytest";
  const tool = toolOf(project, { has, isPackage, requirements, isPytest, declared });
  return {
    version: versionFor(dir, project),
    setUp: tool.setUp,
    tests: runs === undefined ? [] : [`${tool.prefix}${runs}`],
  };
}

interface Names {
  has(name: string): boolean;
  readonly requirements: readonly string[];
}

interface Facts extends Names {
  readonly isPackage: boolean;
  readonly isPytest: boolean;
  readonly declared: readonly string[];
}

/** What brings the packages in, and what stands in front of a command that is to see them. */
function toolOf(project: string, { has, isPackage, requirements, isPytest, declared }: Facts) {
  if (has("uv.lock")) {
    const setUp = ["python -m pip install --quiet uv", "uv sync --locked --all-extras --all-groups"];
    return { setUp, prefix: "uv run --no-sync " };
  }
  if (has("poetry.lock")) {
    const setUp = ["python -m pip install --quiet poetry", "poetry install --all-extras --all-groups"];
    return { setUp, prefix: "poetry run " };
  }
  const files = requirements.map((name) => `-r ${name}`);
  const own = isPackage ? [`-e ${extrasOf(project)}`] : [];
  const groups = testNames(sectionOf(project, "dependency-groups")).map((name) => `--group ${name}`);
  // Where pytest is only configured, it is expected to be there.
  const missing = isPytest && !declared.some((text) => /\bpytest\b/.test(text)) ? ["pytest"] : [];
  const words = [...files, ...own, ...groups, ...missing];
  const install = words.length === 0 ? [] : [`python -m pip install ${words.join(" ")}`];
  return { setUp: groups.length === 0 ? install : [pipWithGroups, ...install], prefix: "" };
}

// PEP 735 came to pip with 25.1, and images bring older ones.
const pipWithGroups = 'python -m pip install --quiet "pip>=25.1"';

/** `.` with the extras that are named as those for tests are. */
function extrasOf(project: string): string {
  const wanted = testNames(sectionOf(project, "project.optional-dependencies"));
  return wanted.length === 0 ? "." : `".[${wanted.join(",")}]"`;
}

function testNames(table: string): string[] {
  const names = [...table.matchAll(/^([\w-]+)\s*=/gm)].flatMap(([, name]) => name ?? []);
  return names.filter((name) => ["test", "tests", "testing", "dev", "ci"].includes(name));
}

/** What says which packages are installed, as against what configures them. */
function declarations(dir: string, project: string, requirements: readonly string[]): string[] {
  const sections = ["project", "project.optional-dependencies", "dependency-groups"];
  const tables = sections.map((name) => sectionOf(project, name));
  return [...tables, ...requirements.map((name) => readFileSync(join(dir, name), "utf8"))];
}

function runner(dir: string, project: string, { has, requirements }: Names): string | undefined {
  const texts = [project, ...requirements.map((name) => readFileSync(join(dir, name), "utf8"))];
  const isPytest = has("pytest.ini") || has("conftest.py") || texts.some((text) => /\bpytest\b/.test(text));
  if (isPytest) return "python -m pytest";
  const folder = ["tests", "test"].find((name) => existsSync(join(dir, name)));
  if (folder === undefined) return undefined;
  const isUnittest = readdirSync(join(dir, folder)).some((name) => /^test.*\.py$/.test(name));
  return isUnittest ? `python -m unittest discover -s ${folder}` : undefined;
}

/** `.python-version`, else the newest of those we know that `requires-python` admits. */
function versionFor(dir: string, project: string): string {
  const path = join(dir, ".python-version");
  const [pinned] = existsSync(path) ? (/\d+\.\d+/.exec(readFileSync(path, "utf8")) ?? []) : [];
  if (pinned !== undefined) return pinned;
  const wanted = /^requires-python\s*=\s*["'](.*)["']/m.exec(project)?.[1] ?? "";
  const exact = /[=~]=\s*3\.(\d+)(?:\.\d+){0,1}/.exec(wanted)?.[1];
  if (exact !== undefined) return `3.${exact}`;
  const least = Number(/>=?\s*3\.(\d+)/.exec(wanted)?.[1] ?? 0);
  const below = Number(/<\s*3\.(\d+)/.exec(wanted)?.[1] ?? 99);
  return `3.${Math.min(Math.max(usual, least), below - 1)}`;
}

/** The minor version for which the libraries that load models have their wheels. */
const usual = 12;

function sectionOf(toml: string, name: string): string {
  const lines = toml.split(/\r?\n/);
  const start = lines.findIndex((line) => line.trim() === `[${name}]`);
  if (start < 0) return "";
  const length = lines.slice(start + 1).findIndex((line) => /^\s*\[[\w.]/.test(line) && !line.includes("="));
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join("\n");
}
