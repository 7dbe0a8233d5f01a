"""How the page of a report looks: on a wide and a narrow screen, in the dark, and on paper."""

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #fbfaf8; --ink: #22262b; --soft: #59616b; --line: #dcd9d3; --fill: #3f6c8a; --rest: #f0eee9;
  --edge: #8b9096; --mark: #8a4b12; --note: #8a4b12;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181b; --ink: #e4e4e1; --soft: #a3aab3; --line: #34383d; --fill: #86b3d1; --rest: #202327;
    --edge: #7b828a; --mark: #e0a56c; --note: #e0a56c;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 46rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  overflow-wrap: anywhere;
}
h1 { margin: 0; font-size: 1.75rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; }
h2 { margin: 0 0 0.25rem; font-size: 1.2rem; line-height: 1.3; font-weight: 650; }
h3 { margin: 1.5rem 0 0.25rem; font-size: 1rem; font-weight: 650; }
p { margin: 0.35rem 0; }
section { margin-top: 3rem; }
.soft, footer { color: var(--soft); }
.figures { display: flex; flex-wrap: wrap; gap: 0.5rem 2.25rem; margin: 1.5rem 0 0; }
.figures div { display: flex; flex-direction: column-reverse; }
.figures dt { color: var(--soft); font-size: 0.85rem; }
.figures dd { margin: 0; font-size: 1.7rem; line-height: 1.2; font-weight: 600; font-variant-numeric: tabular-nums; }
figure { margin: 1.25rem 0 1.5rem; }
.ends { display: flex; justify-content: space-between; color: var(--soft); font-size: 0.85rem; margin-top: 0.35rem; }
svg { display: block; width: 100%; overflow: visible; }
svg.columns { height: 9rem; border-bottom: 1px solid var(--edge); }
svg.strip { height: 0.55rem; margin: 0.3rem 0 0.15rem; min-width: 5rem; }
.rest { fill: var(--rest); stroke: var(--edge); stroke-width: 1; vector-effect: non-scaling-stroke; }
.part { fill: var(--fill); }
.mark { stroke: var(--mark); stroke-width: 2.5; vector-effect: non-scaling-stroke; }
table { width: 100%; margin-top: 0.75rem; border-collapse: collapse; font-size: 0.92rem; }
th, td { padding: 0.4rem 0 0.4rem 0.9rem; text-align: left; vertical-align: baseline; }
th, td { border-top: 1px solid var(--line); }
th:first-child, td:first-child { padding-left: 0; }
thead th, thead td { border-top: 0; color: var(--soft); font-size: 0.82rem; font-weight: 500; vertical-align: bottom; }
tbody th { font-weight: 500; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.wide { width: 40%; }
.day { white-space: nowrap; }
.n + .day { padding-left: 1.5rem; }
figcaption { font-size: 0.85rem; }
.thin { color: var(--note); font-size: 0.85rem; }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: 0.85rem; }
@media (max-width: 34rem) {
  body { padding: 1.5rem 1rem 3rem; }
  h1 { font-size: 1.45rem; }
  .figures { gap: 0.5rem 1.5rem; }
  .figures dd { font-size: 1.4rem; }
  table { font-size: 0.86rem; }
  th, td { padding-left: 0.55rem; }
  .less { display: none; }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --fill: #444; --rest: #fff; --edge: #777; --mark: #000;
    --note: #000;
  }
  body { max-width: none; padding: 0; font-size: 10pt; }
  section, footer { margin-top: 1.6rem; }
  th, td { padding-top: 0.2rem; padding-bottom: 0.2rem; }
  h2, h3, section > p, thead { break-after: avoid; }
  tr, figure, .figures { break-inside: avoid; }
  svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  @page { margin: 18mm 16mm; }
}
"""
