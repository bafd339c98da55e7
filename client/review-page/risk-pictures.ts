/**
 * The pictures of a simulation of collapse, drawn from its report as the risk page draws them. Each is
 * shown as an image: a picture can then run nothing and load nothing, whatever stands in it.
 */
import { riskCharts } from '../../core/report/risk-charts.js';
import type { RiskReport } from '../../core/schema/risk.js';
import { renderChart } from '../../engines/plot.js';
import { visible } from '../terminal/visible.js';
import type { Picture } from './page-types.js';

/** An image knows nothing of the page's colours; it has those of the page, light and dark, in itself. */
const COLOURS = `<style>:root{color-scheme:light dark;--bg:#fff;--card:#fff;--ink:#1a2230;--muted:#5b6675;--line:#dfe3e9;--soft:#eef1f5;
--accent:#0b6bb0;--good:#1a7f4b;--bad:#b42318;--breach:#c0392b;font-family:system-ui,sans-serif}
@media (prefers-color-scheme:dark){:root{--bg:#181e27;--card:#181e27;--ink:#e6eaf0;--muted:#9aa6b5;--line:#2c3542;--soft:#212936;
--accent:#58aee6;--good:#5fd39a;--bad:#ff8a7d;--breach:#ff6b5e}}</style>`;

function imageOf(svg: string): string {
  const named = /^<svg [^>]*xmlns=/.test(svg)
    ? svg
    : svg.replace(/^<svg /, '<svg xmlns="http://www.w3.org/2000/svg" ');
  const whole = named.replace(/^<svg [^>]*>/, (tag) => `${tag}${COLOURS}`);
  return `data:image/svg+xml;base64,${Buffer.from(whole).toString('base64')}`;
}

export function riskPictures(report: RiskReport): Picture[] {
  return riskCharts(report).map((spec) => ({
    ...{ title: visible(spec.title), caption: visible(spec.caption) },
    source: imageOf(renderChart(spec)),
  }));
}
