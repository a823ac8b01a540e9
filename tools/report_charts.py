"""Charts as SVG text, for tools/report: lines over a common axis, maps, bars. Standard library only."""
import html
import math

# Okabe and Ito's colors, in the order of swmd's own pictures.
COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#333333"]
WIDTH, HEIGHT = 520, 250
LEFT, RIGHT, TOP, BOTTOM = 78, 16, 14, 44
# More points than pixels would only make the page heavy.
MOST_POINTS = 1200


def number(value):
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def ticks(low, high, count=5):
    """Round values at even distances, with labels that tell them apart."""
    raw = (high - low) / count
    power = 10 ** math.floor(math.log10(raw))
    step = power * next(f for f in (1, 2, 5, 10) if raw / power <= f * (1 + 1e-9))
    values = [step * k for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
    largest = max(abs(low), abs(high))
    if largest >= 1e6 or step < 1e-4:
        digits = max(0, math.floor(math.log10(largest) + 1e-9) - math.floor(math.log10(step) + 1e-9))
        return [(v, f"{v:.{digits}e}".replace("-", "−")) for v in values]
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return [(v, f"{v if abs(v) > step / 2 else 0:.{digits}f}".replace("-", "−")) for v in values]


def thinned(points):
    """Few enough points, with the lowest and the highest of each stretch, so that no peak is lost."""
    if len(points) <= MOST_POINTS:
        return points
    size = math.ceil(2 * len(points) / MOST_POINTS)
    kept = []
    for start in range(0, len(points), size):
        part = points[start:start + size]
        ends = {min(range(len(part)), key=lambda k: part[k][1]), max(range(len(part)), key=lambda k: part[k][1])}
        kept += [part[k] for k in sorted(ends)]
    return kept


class Frame:
    """A plot's axes: where data are on the picture, and what is written beside."""

    def __init__(self, x_range, y_range, x_label, y_label, logarithmic=False):
        self.x, self.y, self.logarithmic = self.widened(x_range, 0), y_range, logarithmic
        if logarithmic:
            self.y = (math.log10(y_range[0]), math.log10(y_range[1]))
        self.y = self.widened(self.y, 0.06)
        self.labels = (x_label, y_label)

    @staticmethod
    def widened(limits, share):
        low, high = limits
        if high - low <= 1e-12 * max(abs(low), abs(high), 1e-300):
            room = abs(low) * 1e-3 or 1
            return low - room, high + room
        return low - share * (high - low), high + share * (high - low)

    def at(self, x, y):
        if self.logarithmic:
            y = math.log10(max(y, 1e-300))
        column = LEFT + (x - self.x[0]) / (self.x[1] - self.x[0]) * (WIDTH - LEFT - RIGHT)
        row = HEIGHT - BOTTOM - (y - self.y[0]) / (self.y[1] - self.y[0]) * (HEIGHT - TOP - BOTTOM)
        return column, row

    def axes(self):
        parts = []
        for value, label in ticks(*self.x):
            x = number(self.at(value, 1)[0])
            parts.append(f'<line x1="{x}" y1="{TOP}" x2="{x}" y2="{HEIGHT - BOTTOM}" stroke="#e6e9ed"/>'
                         f'<text x="{x}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{label}</text>')
        for value, label in self.rows():
            y = number(self.at(self.x[0], value)[1])
            parts.append(f'<line x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}" stroke="#e6e9ed"/>'
                         f'<text x="{LEFT - 6}" y="{y}" dy="4" text-anchor="end">{label}</text>')
        parts.append(f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" height="{HEIGHT - TOP - BOTTOM}" fill="none" stroke="#98a2ad"/>')
        middle = (TOP + HEIGHT - BOTTOM) / 2
        parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle" font-size="12.5">'
                     f"{html.escape(self.labels[0])}</text>")
        parts.append(f'<text x="14" y="{middle}" text-anchor="middle" font-size="12.5" transform="rotate(-90 14 {middle})">'
                     f"{html.escape(self.labels[1])}</text>")
        return "".join(parts)

    def rows(self):
        if not self.logarithmic:
            return ticks(*self.y, count=4)
        first, last = math.ceil(self.y[0]), math.floor(self.y[1])
        if last <= first:
            return [(v, label) for v, label in ticks(10 ** self.y[0], 10 ** self.y[1], count=4) if v > 0]
        step = max(1, (last - first) // 5)
        return [(10.0 ** e, f'10<tspan dy="-5" font-size="9">{str(e).replace("-", "−")}</tspan>') for e in range(first, last + 1, step)]


def svg(body, title):
    return (f'<figure><svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" font-size="11.5" fill="#333333" role="img" aria-label="{html.escape(title, quote=True)}">'
            f"<title>{html.escape(title)}</title>{body}</svg></figure>")


def lines(x_label, y_label, series, marks=(), logarithmic=False):
    """A chart of series [(name, [(x, y)])]; marks are vertical lines [(x, text)]. None where there is nothing to draw."""
    series = [(name, [p for p in points if not logarithmic or p[1] > 0]) for name, points in series]
    series = [(name, points) for name, points in series if points]
    if not series:
        return None
    everything = [p for _, points in series for p in points]
    xs, ys = [p[0] for p in everything], [p[1] for p in everything]
    frame = Frame((min(xs), max(xs)), (min(ys), max(ys)), x_label, y_label, logarithmic)
    parts = [frame.axes()]
    for x, text in marks:
        if frame.x[0] <= x <= frame.x[1]:
            column = number(frame.at(x, 1)[0])
            parts.append(f'<line x1="{column}" y1="{TOP}" x2="{column}" y2="{HEIGHT - BOTTOM}" stroke="#777777" stroke-dasharray="3 3">'
                         f"<title>{html.escape(text)}</title></line>")
    legend = LEFT + 10
    for index, (name, points) in enumerate(series):
        color = COLORS[index % len(COLORS)]
        places = [frame.at(*p) for p in thinned(points)]
        if len(places) == 1:
            parts.append(f'<circle cx="{number(places[0][0])}" cy="{number(places[0][1])}" r="3" fill="{color}"/>')
        else:
            path = " ".join(f"{number(a)},{number(b)}" for a, b in places)
            parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="1.5" stroke-linejoin="round"/>')
        if len(series) > 1:
            parts.append(f'<line x1="{legend}" y1="{TOP + 12}" x2="{legend + 16}" y2="{TOP + 12}" stroke="{color}" stroke-width="3"/>'
                         f'<text x="{legend + 20}" y="{TOP + 16}">{html.escape(name)}</text>')
            legend += 36 + 7 * len(name)
    return svg("".join(parts), f"{y_label} against {x_label}")


def heat_map(x_label, y_label, title, xs, ys, values):
    """A map of values[x][y]; missing values stay white. At most 120 columns: neighbors are averaged."""
    size = math.ceil(len(xs) / 120)
    columns = [values[k:k + size] for k in range(0, len(xs), size)]
    cells = [[mean([column[row] for column in part]) for row in range(len(ys))] for part in columns]
    known = [v for column in cells for v in column if v is not None]
    if not known:
        return None
    low, high = min(known), max(known)
    frame = Frame((min(xs), max(xs)), (min(ys), max(ys)), x_label, y_label)
    width = (WIDTH - LEFT - RIGHT) / len(cells)
    height = (HEIGHT - TOP - BOTTOM) / len(ys)
    parts = []
    for i, column in enumerate(cells):
        for j, value in enumerate(column):
            if value is None:
                continue
            parts.append(f'<rect x="{number(LEFT + i * width)}" y="{number(HEIGHT - BOTTOM - (j + 1) * height)}" '
                         f'width="{number(width + 0.4)}" height="{number(height + 0.4)}" '
                         f'fill="{shade((value - low) / (high - low) if high > low else 0.5)}"/>')
    frame.y = Frame.widened((min(ys), max(ys)), 0.5 / max(len(ys) - 1, 1))
    return svg("".join(parts) + frame.axes(), f"{title}, from {low:.4g} to {high:.4g}")


def mean(values):
    known = [v for v in values if v is not None]
    return sum(known) / len(known) if known else None


def shade(share):
    """From pale to dark blue-green, with evenly falling lightness."""
    stops = [(247, 252, 240), (168, 221, 181), (67, 162, 202), (8, 64, 129)]
    place = min(max(share, 0), 1) * (len(stops) - 1)
    k = min(int(place), len(stops) - 2)
    mixed = [round(a + (place - k) * (b - a)) for a, b in zip(stops[k], stops[k + 1])]
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def bar(shares):
    """One bar of [(name, share of 1)], with a legend below."""
    x, parts, legend = 0.0, [], []
    for index, (name, share) in enumerate(shares):
        color = COLORS[index % len(COLORS)]
        parts.append(f'<rect x="{number(x)}" y="0" width="{number(100 * share)}" height="10" fill="{color}">'
                     f"<title>{html.escape(name)} {100 * share:.1f} %</title></rect>")
        legend.append(f'<span><i style="background:{color}"></i>{html.escape(name)} {100 * share:.1f} %</span>')
        x += 100 * share
    return (f'<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img">{"".join(parts)}</svg>'
            f'<p class="legend">{"".join(legend)}</p>')
