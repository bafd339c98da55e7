/** Looks and the one script of the page. Light, dark and print; no font, picture or code from elsewhere. */

export const STYLE = `
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1a2230;--muted:#5b6675;--line:#dfe3e9;--soft:#eef1f5;
--accent:#0b6bb0;--good:#1a7f4b;--good-bg:#e4f5ec;--bad:#b42318;--bad-bg:#fdecea;--breach:#c0392b;
--human-authored:#0072b2;--human-edited:#56b4e9;--synthetic:#e69f00;--unknown:#8c8c8c}
@media (prefers-color-scheme:dark){:root{--bg:#10141a;--card:#181e27;--ink:#e6eaf0;--muted:#9aa6b5;--line:#2c3542;--soft:#212936;
--accent:#58aee6;--good:#5fd39a;--good-bg:#12311f;--bad:#ff8a7d;--bad-bg:#3a1714;--breach:#ff6b5e;
--human-authored:#3d9bdb;--human-edited:#9ad4f7;--synthetic:#f0b429;--unknown:#87909c}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main,header.top .in,footer{max-width:1120px;margin:0 auto;padding:0 24px}
header.top{background:var(--card);border-bottom:1px solid var(--line);padding:30px 0 24px}
.eyebrow{margin:0;color:var(--muted);font-size:12px;font-weight:600;letter-spacing:.08em;text-transform:uppercase}
h1{margin:2px 0 6px;font-size:31px;line-height:1.2;font-weight:700;letter-spacing:-.01em;overflow-wrap:anywhere}
h1 .v{color:var(--muted);font-weight:400}
h2{margin:44px 0 4px;font-size:21px;line-height:1.3;letter-spacing:-.005em}
h3{margin:0 0 2px;font-size:16px;line-height:1.35}
p.lead,p.note{margin:0 0 14px;color:var(--muted);max-width:86ch}
.meta{display:flex;flex-wrap:wrap;gap:2px 22px;margin:0;font-size:13px;color:var(--muted)}
.meta div{display:flex;gap:6px}.meta dt{margin:0}.meta dd{margin:0;color:var(--ink);overflow-wrap:anywhere}
.verdict{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 14px;margin:24px 0 0;padding:14px 20px;border-radius:10px;border-left:6px solid}
.verdict b{font-size:19px}.verdict span{color:var(--ink)}
.verdict.good{background:var(--good-bg);border-color:var(--good)}.verdict.good b{color:var(--good)}
.verdict.bad{background:var(--bad-bg);border-color:var(--bad)}.verdict.bad b{color:var(--bad)}
.figures{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:14px;margin:18px 0 0}
.card,.figure{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px 18px;min-width:0}
main>.card{margin-top:14px}
.figures .k{margin:0;font-size:13px;color:var(--muted)}
.figures .b{margin:0;font-size:25px;line-height:1.25;font-weight:650;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.figures .s{margin:2px 0 0;font-size:13px;color:var(--muted)}
.charts{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:16px;margin-top:14px}
.figure{margin:0}.figure.wide{grid-column:1/-1}
.figure figcaption p{margin:0 0 10px;font-size:14px;color:var(--muted);overflow-wrap:anywhere}
.plot{overflow-x:auto}.plot svg{display:block;margin:0 auto;max-width:100%;height:auto}
.three{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:16px;margin-top:14px}
.card ul{margin:8px 0 0;padding-left:18px}.card li{margin:0 0 6px;font-size:14px;overflow-wrap:anywhere}
.frame{margin:14px 0 0;background:var(--card);border:1px solid var(--line);border-radius:10px;overflow:auto}
.frame.long{max-height:680px}
.frame:focus-visible,th button:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
table{width:100%;border-collapse:separate;border-spacing:0;font-size:13px}
caption{text-align:left;padding:12px 14px 8px;font-weight:650;font-size:15px}
th,td{padding:7px 9px;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);unicode-bidi:isolate}
td{overflow-wrap:break-word;max-width:340px}td:not(.n){min-width:84px}td:not(.n):last-child{min-width:130px}
th{position:sticky;top:0;z-index:1;background:var(--soft);font-size:12px;color:var(--muted);font-weight:600;vertical-align:bottom}
tbody tr:last-child td{border-bottom:0}tbody tr:hover td{background:var(--soft)}
.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}
th:first-child,td:first-child{padding-left:14px}th:last-child,td:last-child{padding-right:14px}
tr.sum td{font-weight:650;background:var(--soft)}
td.code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:12px;overflow-wrap:anywhere;min-width:210px}
caption span{margin-left:8px;font-weight:400;font-size:13px;color:var(--muted)}
th button{all:unset;cursor:pointer}th[aria-sort=ascending] button::after{content:" \\2191"}th[aria-sort=descending] button::after{content:" \\2193"}
.badge{display:inline-block;padding:1px 9px;border-radius:99px;font-size:12px;font-weight:600;white-space:nowrap}
.badge.good{background:var(--good-bg);color:var(--good)}.badge.bad{background:var(--bad-bg);color:var(--bad)}
.bar{display:block;height:4px;margin-top:4px;min-width:60px;border-radius:2px;background:var(--line);overflow:hidden}
.bar i{display:block;height:100%;background:var(--accent)}.bar.full i{background:var(--synthetic)}
footer{padding:34px 24px 48px;color:var(--muted);font-size:13px}
@media screen and (max-width:860px){.figures{grid-template-columns:repeat(2,minmax(0,1fr))}.charts,.three{grid-template-columns:minmax(0,1fr)}.plot svg{min-width:460px}.wide .plot svg{min-width:720px}h1{font-size:25px}}
@media print{:root{color-scheme:light;--bg:#fff;--card:#fff;--ink:#000;--muted:#444;--line:#ccc;--soft:#f3f3f3;--accent:#0b6bb0;--good:#1a7f4b;--good-bg:#fff;--bad:#b42318;--bad-bg:#fff;
--human-authored:#0072b2;--human-edited:#56b4e9;--synthetic:#e69f00;--unknown:#8c8c8c}
body{font-size:10.5pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}main,header.top .in,footer{max-width:none;padding:0}
header.top{padding:0 0 10px}.plot svg{max-height:23cm}.figure,.card{padding:8px 10px}.charts,.three,.figures{gap:8px}h2{margin-top:18px}.frame,.frame.long{max-height:none;overflow:visible;border:0}.plot{overflow:visible}
table{font-size:8.5pt}th{position:static}th,td{padding:3px 5px}thead{display:table-header-group}caption{break-after:avoid}tr,.figure,.card{break-inside:avoid}h2{break-after:avoid}}
`;

/** Sorts a table by a click on its head. The page is complete without it. */
export const SCRIPT = `
for (const table of document.querySelectorAll('table')) {
  const body = table.tBodies[0];
  table.querySelectorAll('th').forEach((head, column) => {
    const button = document.createElement('button');
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') !== 'descending';
      for (const other of table.querySelectorAll('th')) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const numeric = head.classList.contains('n');
      const keyOf = (row) => {
        const text = row.cells[column].textContent;
        if (!numeric) return text;
        const number = parseFloat(text.replace(/[^0-9.+-]/g, ''));
        return Number.isNaN(number) ? -Infinity : number;
      };
      const sign = down ? -1 : 1;
      const rows = [...body.rows].filter((row) => !row.classList.contains('sum'));
      const keyed = rows.map((row) => [keyOf(row), row]);
      keyed.sort(([a], [b]) => (a < b ? -sign : a > b ? sign : 0));
      for (const [, row] of keyed) body.append(row);
    });
  });
}
`;

/** sha256 of SCRIPT in base64: the page's policy lets this script run and no other. A test recomputes it. */
export const SCRIPT_SHA256 = '8SPV4ACw7O3IhZS2WO25Yl9ThV5sHMHpICWg+cRuGms=';
