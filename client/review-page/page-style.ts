/** Looks of the page: the colours of the reports, light and dark, from 400 pixels on. */

const COLOURS = `
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1a2230;--muted:#5b6675;--line:#dfe3e9;--soft:#eef1f5;
--accent:#0b6bb0;--on-accent:#fff;--good:#1a7f4b;--good-bg:#e4f5ec;--bad:#b42318;--bad-bg:#fdecea;--warn:#8a5a00;--warn-bg:#fff4dc;
--human-authored:#0072b2;--human-edited:#56b4e9;--synthetic:#e69f00;--unknown:#8c8c8c;
--m0:#ffe9a8;--m1:#cfe8ff;--m2:#d9f2d0;--m3:#ffd9d0;--m4:#e6dcff;--m5:#cdf1ee}
@media (prefers-color-scheme:dark){:root{--bg:#10141a;--card:#181e27;--ink:#e6eaf0;--muted:#9aa6b5;--line:#2c3542;--soft:#212936;
--accent:#58aee6;--on-accent:#0b1118;--good:#5fd39a;--good-bg:#12311f;--bad:#ff8a7d;--bad-bg:#3a1714;--warn:#f0b429;--warn-bg:#332a12;
--human-authored:#3d9bdb;--human-edited:#9ad4f7;--synthetic:#f0b429;--unknown:#87909c;
--m0:#5a4a12;--m1:#173f63;--m2:#1f4a22;--m3:#5c2a20;--m4:#3d2f66;--m5:#12494a}}
`;

const FRAME = `
*{box-sizing:border-box}
html{scroll-padding:70px 0 90px}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
header.top{position:sticky;top:0;z-index:3;display:flex;flex-wrap:wrap;gap:4px 18px;align-items:center;padding:10px 24px;background:var(--card);border-bottom:1px solid var(--line)}
.brand{font-weight:700}nav{display:flex;gap:16px}.grow{flex:1}
main,footer{max-width:1320px;margin:0 auto;padding:18px 24px}
footer{color:var(--muted);font-size:13px;overflow-wrap:anywhere}
a{color:var(--accent)}
h1{margin:2px 0 8px;font-size:27px;line-height:1.2;overflow-wrap:anywhere}
h2{margin:28px 0 8px;font-size:19px;line-height:1.3}h3{margin:0 0 6px;font-size:16px}
.eyebrow{margin:0;color:var(--muted);font-size:13px;overflow-wrap:anywhere}.lead,.note{margin:0 0 14px;color:var(--muted)}.small,.note{font-size:13px}
.row{display:flex;flex-wrap:wrap;gap:10px;align-items:center}.row input{flex:1 1 220px}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px 18px;min-width:0}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.spoken{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
button,input,textarea{font:inherit;color:inherit}
button{padding:7px 14px;border:1px solid var(--line);border-radius:8px;background:var(--card);cursor:pointer}
button:hover{background:var(--soft)}button:disabled{opacity:.5;cursor:default}
button.primary{background:var(--accent);border-color:var(--accent);color:var(--on-accent);font-weight:600}
button.danger{border-color:var(--bad);color:var(--bad);font-weight:600}
button.plain{border:0;background:none;padding:4px 8px;color:var(--muted)}
input,textarea{width:100%;padding:8px 10px;border:1px solid var(--muted);border-radius:8px;background:var(--bg)}
kbd{display:inline-block;min-width:1.6em;padding:0 5px;text-align:center;border:1px solid var(--line);border-bottom-width:2px;border-radius:5px;background:var(--soft);color:var(--ink);font:12px/1.6 ui-monospace,Menlo,Consolas,monospace}
.facts{display:flex;flex-wrap:wrap;gap:2px 22px;margin:0 0 10px;font-size:13px;color:var(--muted)}
.facts div{display:flex;gap:6px;min-width:0}.facts dt,.facts dd{margin:0}.facts dd{color:var(--ink);overflow-wrap:anywhere;min-width:0;unicode-bidi:isolate}
.verdict{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 14px;margin:12px 0;padding:12px 18px;border-radius:10px;border-left:6px solid;overflow-wrap:anywhere}
.verdict b{font-size:17px}.verdict.good{background:var(--good-bg);border-color:var(--good)}.verdict.good b{color:var(--good)}
.verdict.bad{background:var(--bad-bg);border-color:var(--bad)}.verdict.bad b{color:var(--bad)}
.verdict.warn{background:var(--warn-bg);border-color:var(--warn)}.verdict.warn b{color:var(--warn)}.verdict .small{flex-basis:100%;color:var(--muted)}
.badge{display:inline-block;padding:1px 9px;border-radius:99px;font-size:12px;font-weight:600;white-space:nowrap;background:var(--soft)}
.badge.good{background:var(--good-bg);color:var(--good)}.badge.bad{background:var(--bad-bg);color:var(--bad)}.badge.draft{background:var(--warn-bg);color:var(--warn)}
.frame{margin:12px 0;background:var(--card);border:1px solid var(--line);border-radius:10px;overflow:auto;max-height:680px}
table{width:100%;border-collapse:separate;border-spacing:0;font-size:13px}
caption{text-align:left;padding:10px 14px 6px;font-weight:650;font-size:15px}
th,td{padding:7px 9px;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);unicode-bidi:isolate}
td{overflow-wrap:break-word;max-width:420px}th{background:var(--soft);font-size:12px;color:var(--muted)}
tbody tr:last-child td{border-bottom:0}.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}
th:first-child,td:first-child{padding-left:14px}.code{font-family:ui-monospace,Menlo,Consolas,monospace}
.turner{justify-content:center}.off{color:var(--muted)}
dialog{width:min(620px,92vw);border:1px solid var(--line);border-radius:12px;background:var(--card);color:var(--ink);padding:20px 24px}
dialog::backdrop{background:#0008}dialog h2{margin-top:0}
.keys{margin:0 0 12px}.keys div{display:grid;grid-template-columns:110px 1fr;gap:10px;padding:4px 0}.keys dd{margin:0}
.ask{max-width:620px}
`;

const PACKET = `
.strip{display:flex;flex-wrap:wrap;gap:4px;margin:10px 0}
.dot{min-width:26px;padding:1px 4px;border-radius:6px;font-size:11px;line-height:1.6;color:var(--muted);font-variant-numeric:tabular-nums}
.dot.done{background:var(--good-bg);color:var(--good);border-color:var(--good)}.dot.other{background:var(--warn-bg);color:var(--warn);border-color:var(--warn)}
.dot[aria-current]{outline:2px solid var(--accent);outline-offset:1px;font-weight:700}
.columns{display:grid;grid-template-columns:minmax(0,1fr) 380px;gap:16px;align-items:start}
.columns:has(.machine){grid-template-columns:minmax(0,1fr) minmax(0,560px)}
.document h2{margin:0 0 6px;font-size:17px;display:flex;flex-wrap:wrap;gap:2px 12px}.document .place{color:var(--muted);font-weight:400}
.document .name{overflow-wrap:anywhere;unicode-bidi:isolate}.document:focus{outline:none}
.text{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate;max-width:86ch;padding-top:10px;border-top:1px solid var(--line);font-size:16px;line-height:1.6}
.gap{color:var(--muted);font-style:italic}
mark,.key{color:inherit;border-radius:3px;background:var(--m0)}mark.m1,.key.m1{background:var(--m1)}mark.m2,.key.m2{background:var(--m2)}
mark.m3,.key.m3{background:var(--m3)}mark.m4,.key.m4{background:var(--m4)}mark.m5,.key.m5{background:var(--m5)}
mark sup{font-size:11px;margin-left:2px}.key{padding:0 6px}
.panel,.machine{position:sticky;top:64px;max-height:calc(100vh - 150px);overflow:auto}
fieldset{border:0;margin:0 0 12px;padding:0;min-width:0}legend{padding:0;margin-bottom:6px;font-weight:650}
.choice{display:flex;gap:10px;align-items:center;width:100%;margin:0 0 6px;text-align:left}
.choice[aria-pressed=true]{background:var(--good-bg);border-color:var(--good);font-weight:600}
.choice.human_authored{border-left:6px solid var(--human-authored)}.choice.human_edited{border-left:6px solid var(--human-edited)}
.choice.synthetic{border-left:6px solid var(--synthetic)}.choice.unknown{border-left:6px solid var(--unknown)}
.direction .directions,.transformation .transformations{outline:2px solid var(--accent);outline-offset:6px;border-radius:4px}
.reason label{display:block;margin:8px 0 4px}
.foot{position:sticky;bottom:0;z-index:2;margin-top:16px;padding:10px 0;background:var(--bg);border-top:1px solid var(--line)}
.foot{flex-wrap:nowrap}.foot progress{flex:1 1 60px;min-width:60px;height:10px;accent-color:var(--good)}.tally{font-variant-numeric:tabular-nums}
.bars{margin:6px 0 10px}.bar{display:grid;grid-template-columns:120px 1fr 64px;gap:10px;align-items:center;font-size:13px}.bar meter{width:100%}
figure{margin:14px 0}figcaption p{margin:2px 0 10px;color:var(--muted);font-size:14px}.plot{overflow-x:auto}.plot img{display:block;max-width:100%;height:auto;margin:0 auto}
.decide{position:sticky;bottom:0;margin-top:18px;z-index:2;box-shadow:0 -4px 16px #0002}
@media (max-width:900px){.columns,.columns:has(.machine){grid-template-columns:minmax(0,1fr)}.panel,.machine{position:static;max-height:none}
main,footer,header.top{padding-left:14px;padding-right:14px}.labels{display:grid;grid-template-columns:1fr 1fr;gap:0 6px}.labels legend{grid-column:1/-1}
.strip{flex-wrap:nowrap;overflow-x:auto;padding:3px;scroll-behavior:auto}.plot img{max-width:none;width:720px}h1{font-size:22px}.decide{position:static}}
@media (max-width:480px){.brand{display:none}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
`;

export const PAGE_STYLE = `${COLOURS}${FRAME}${PACKET}`;
