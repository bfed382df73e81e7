// Draws repeated measurements with uPlot. The table beside each chart says the same, so a chart is never the only way.
(() => {
  const colours = ["#005eb8", "#ab0032", "#00703c", "#7c2855"];
  const points = ["circle", "square"];

  function size(place) {
    return { width: Math.max(280, place.clientWidth), height: place.clientWidth < 500 ? 220 : 300 };
  }

  function written(unit) {
    return (_, value) => (value === null || value === undefined ? "–" : `${value} ${unit}`.trim());
  }

  function options(place, data) {
    const lines = data.series.map((series, index) => ({
      label: series.label,
      stroke: colours[index % colours.length],
      width: 2,
      dash: index % points.length ? [6, 4] : undefined,
      points: { show: true, size: 8, fill: colours[index % colours.length] },
      spanGaps: true,
      value: written(data.unit),
    }));
    const font = "15px Arial, sans-serif";
    return {
      ...size(place),
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      fmtDate: (template) => uPlot.fmtDate(template.replace("{M}/{D}", "{D}/{M}")),
      scales: { x: { time: true } },
      axes: [
        {
          font,
          stroke: "#212b32",
          grid: { stroke: "#d8dde0" },
          space: 90,
          values: [
            [31536000, "{YYYY}", null, null, null, null, null, null, 1],
            [2419200, "{MMM} {YYYY}", null, null, null, null, null, null, 1],
            [86400, "{D} {MMM} {YYYY}", null, null, null, null, null, null, 1],
            [3600, "{D} {MMM} {HH}:{mm}", null, null, null, null, null, null, 1],
            [60, "{D} {MMM} {HH}:{mm}", null, null, null, null, null, null, 1],
          ],
        },
        { font, stroke: "#212b32", grid: { stroke: "#d8dde0" }, size: 64 },
      ],
      series: [{ label: "Date", value: "{D} {MMM} {YYYY} {HH}:{mm}" }, ...lines],
      // What each point says stands in the table: a legend without a pointer over the chart would hold dashes alone.
      legend: { live: false },
      padding: [16, 36, 0, 0],
    };
  }

  function draw(place) {
    const data = JSON.parse(place.dataset.chart);
    const chart = new uPlot(options(place, data), data.values, place);
    window.addEventListener("resize", () => chart.setSize(size(place)));
  }

  document.querySelectorAll("[data-chart]").forEach(draw);
})();
