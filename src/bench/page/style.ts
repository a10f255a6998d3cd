/** The look of a report: light or dark as its reader's system is, and fit to be printed. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#ffffff, #1a1b1e);
  --text: light-dark(#1f2328, #e3e5e8);
  --faint: light-dark(#5c6470, #a2a9b4);
  --line: light-dark(#dfe3e8, #383c43);
  --good: light-dark(#1a6e3c, #6ccf92);
  --bad: light-dark(#b42318, #ff9a8f);
  --s0: light-dark(#0b5fb0, #6cb2ff);
  --s1: light-dark(#c2410c, #ff9d5c);
  --s2: light-dark(#157a52, #5ed3a3);
  --s3: light-dark(#8a3ea8, #d79bf0);
  --s4: light-dark(#7a6200, #e0c04c);
  --s5: light-dark(#5c6470, #b4bac4);
}
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; }
h2 { font-size: 1.15rem; margin-top: 2.2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .75rem; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
th { font-weight: 600; color: var(--faint); }
.number { text-align: right; }
td.wide { white-space: normal; }
.holds { color: var(--good); font-weight: 600; }
.fails { color: var(--bad); font-weight: 600; }
summary { cursor: pointer; color: var(--faint); }
figure { margin: 1.5rem 0; break-inside: avoid; }
figcaption { font-weight: 600; }
figure > svg { width: 100%; height: auto; }
svg text { fill: var(--faint); font-size: 12px; }
.grid { stroke: var(--line); }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: .5rem 0; padding: 0; }
.legend svg { width: 28px; height: 8px; margin-right: .4rem; }
.series { fill: none; stroke-width: 2; }
.whisker { stroke-width: 1; }
.s0 { stroke: var(--s0); } circle.s0 { fill: var(--s0); }
.s1 { stroke: var(--s1); } circle.s1 { fill: var(--s1); } .series.s1 { stroke-dasharray: 7 3; }
.s2 { stroke: var(--s2); } circle.s2 { fill: var(--s2); } .series.s2 { stroke-dasharray: 2 3; }
.s3 { stroke: var(--s3); } circle.s3 { fill: var(--s3); } .series.s3 { stroke-dasharray: 9 3 2 3; }
.s4 { stroke: var(--s4); } circle.s4 { fill: var(--s4); } .series.s4 { stroke-dasharray: 4 4; }
.s5 { stroke: var(--s5); } circle.s5 { fill: var(--s5); } .series.s5 { stroke-dasharray: 1 4; }
`.trim();
