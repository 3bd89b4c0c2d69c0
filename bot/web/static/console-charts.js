"use strict";
// Charts of the overview: every canvas with data-chart is drawn once; its numbers stand in a table below it.
Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
Chart.defaults.color = "#75605a";
Chart.defaults.animation = false;
Chart.defaults.maintainAspectRatio = false;

function draw(canvas) {
  if (Chart.getChart(canvas)) return;
  const told = JSON.parse(canvas.dataset.chart);
  const datasets = told.sets.map((one) => ({ label: one.name, data: one.data, backgroundColor: one.colour, maxBarThickness: 22 }));
  const names = { stacked: true, grid: { display: false }, ticks: { maxRotation: 0, autoSkip: !told.lying, autoSkipPadding: 12 } };
  const counts = { stacked: true, beginAtZero: true, ticks: { precision: 0 }, grid: { color: "#eadfd8" } };
  const scales = told.lying ? { y: names, x: counts } : { x: names, y: counts };
  const plugins = { legend: { display: datasets.length > 1, position: "bottom", labels: { boxWidth: 12, boxHeight: 12 } } };
  new Chart(canvas, { type: "bar", data: { labels: told.labels, datasets }, options: { indexAxis: told.lying ? "y" : "x", scales, plugins } });
}

function drawAll() {
  for (const canvas of document.querySelectorAll("canvas[data-chart]")) draw(canvas);
  for (const chart of Object.values(Chart.instances)) if (!chart.canvas?.isConnected) chart.destroy();
}
drawAll();
document.body.addEventListener("htmx:load", drawAll);
