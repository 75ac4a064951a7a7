// How a figure is summed up and printed: one line, `name: value unit (detail)`.

/** The value below which the given share of the values lies; 0.5 is the median. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export function print(name, value, unit, detail) {
  const shown = Number.isInteger(value) ? value : value.toFixed(1);
  console.log(`${name}: ${shown} ${unit}${detail ? ` (${detail})` : ""}`);
}

/** Prints the median of times in milliseconds, with the range. */
export function printTimes(name, times, of) {
  const range = `median of ${times.length}${of ? ` ${of}` : ""}; ${quantile(times, 0).toFixed(1)} to ${quantile(times, 1).toFixed(1)}`;
  print(name, quantile(times, 0.5), "ms", range);
}
