/** How the page looks: in light and dark, on a telephone, and on paper. Nothing is loaded. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --edge: #d9dde3; --ink: #1b1f24; --soft: #525a66;
  --cached: #1a7f4b; --fetched: #c2620a; --hit: #2563c9; --goal: #a3243b; --track: #e6e9ee; --grid: #e3e6eb;
  --good: #146c3f; --bad: #a3243b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --card: #1d2127; --edge: #363c45; --ink: #e8eaee; --soft: #a9b1bd;
    --cached: #3fb97a; --fetched: #e8954a; --hit: #6ea3f5; --goal: #f28ba0; --track: #323842; --grid: #2b3038;
    --good: #5fce95; --bad: #f28ba0;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main, header, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
footer { padding-bottom: 3rem; color: var(--soft); font-size: 0.875rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 0.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.125rem; margin: 0 0 0.25rem; }
p { margin: 0 0 0.75rem; }
.soft { color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 1rem; margin: 1.5rem 0 1rem; padding: 0; list-style: none; }
.tiles li, section { background: var(--card); border: 1px solid var(--edge); border-radius: 0.6rem; padding: 1rem 1.25rem; }
.tiles h2 { font-size: 0.875rem; font-weight: 600; color: var(--soft); }
.tiles strong { display: block; font-size: 1.75rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tiles p { margin: 0; font-size: 0.875rem; color: var(--soft); }
.tiles .good { color: var(--good); }
.tiles .bad { color: var(--bad); }
section { margin: 0 0 1rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 0 1rem; align-items: start; }
figure { margin: 0; }
section > p:last-child { margin: 0; }
svg { display: block; overflow: visible; }
.chart { display: grid; grid-template-columns: auto minmax(0, 1fr); }
.tiles .meter { margin-top: 0.5rem; }
svg text { font: 12px system-ui, sans-serif; fill: var(--soft); }
svg text.goal { fill: var(--goal); }
.cached { fill: var(--cached); } .fetched { fill: var(--fetched); } .hit { fill: var(--hit); } .track { fill: var(--track); } .over { fill: var(--bad); }
line.grid { stroke: var(--grid); } line.base { stroke: var(--soft); } line.goal { stroke: var(--goal); stroke-width: 2; stroke-dasharray: 5 4; }
.key { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0.25rem 0 0; padding: 0; list-style: none; font-size: 0.875rem; color: var(--soft); }
.key svg { display: inline-block; margin-right: 0.4rem; }
.scroll { overflow-x: auto; }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--hit); outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; font-size: 0.9375rem; font-variant-numeric: tabular-nums; }
td { overflow-wrap: anywhere; min-width: 4.5rem; }
th, td { text-align: left; padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid var(--edge); vertical-align: top; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { font-size: 0.8125rem; color: var(--soft); white-space: nowrap; }
tbody th { font-weight: 400; overflow-wrap: anywhere; min-width: 9rem; max-width: 34rem; }
.number { text-align: right; white-space: nowrap; min-width: 0; padding-right: 0.75rem; }
.bar { width: 30%; min-width: 4rem; }
.bar svg { margin-top: 0.45rem; }
details { margin-top: 0.75rem; }
summary { cursor: pointer; color: var(--soft); font-size: 0.875rem; }
code { font: 0.875em ui-monospace, monospace; overflow-wrap: anywhere; }
@media (max-width: 34rem) {
  main, header, footer { padding-left: 0.75rem; padding-right: 0.75rem; }
  .tiles { grid-template-columns: 1fr 1fr; gap: 0.5rem; }
  .tiles li, section { padding: 0.75rem; }
  .tiles strong { font-size: 1.375rem; }
  .bar { display: none; }
  table { font-size: 0.8125rem; }
  th, td { padding-right: 0.5rem; }
  thead th { white-space: normal; }
  tbody th { min-width: 6rem; }
  td { min-width: 3.5rem; }
}
@media print {
  :root { --page: #fff; --card: #fff; --edge: #bbb; --ink: #000; --soft: #444; --cached: #1a7f4b; --fetched: #c2620a; --hit: #2563c9; --goal: #a3243b; --track: #e6e9ee; --grid: #ddd; --good: #146c3f; --bad: #a3243b; }
  body { font-size: 11pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  section, .tiles li { break-inside: avoid; }
  section.long { break-inside: auto; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  summary { list-style: none; }
}
`;
