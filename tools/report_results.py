"""Results of analyses as HTML, for tools/report: key numbers of the JSON files with their errors, and the pictures."""
import html
import json
import math
import re

# Longer lists are curves: the pictures show them.
MOST_ELEMENTS = 12
UNITS = [("_per_eV_A_ps", "1/(eV Å ps)"), ("_A2_per_ps", "Å²/ps"), ("_per_A2_ps", "1/(Å² ps)"), ("_S_per_m", "S/m"),
         ("_per_A3", "1/Å³"), ("_per_A", "1/Å"), ("_A3", "Å³"), ("_A2", "Å²"), ("_A", "Å"), ("_ps", "ps"), ("_eV", "eV"), ("_K", "K")]


def titled(key):
    """"D_A2_per_ps" as "D" and "Å²/ps"."""
    for ending, unit in UNITS:
        if key.endswith(ending) and len(key) > len(ending):
            return key[:-len(ending)].replace("_", " "), unit
    return key.replace("_", " "), ""


def shown(value, error=None):
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value}".replace("-", "−")
    if isinstance(value, float):
        if isinstance(error, (int, float)) and error and math.isfinite(error):
            digits = max(0, 1 - math.floor(math.log10(abs(error))))
            if digits < 7 and abs(value) < 1e6:
                return f"{value:.{digits}f} ± {error:.{digits}f}".replace("-", "−")
            return f"{value:.4g} ± {error:.2g}".replace("-", "−")
        return f"{value:.6g}".replace("-", "−")
    return html.escape(str(value))


def error_of(key, table):
    """The standard error that stands beside a value: D_stderr or D_A2_per_ps_stderr."""
    name, _ = titled(key)
    for candidate in (f"{key}_stderr", f"{name.replace(' ', '_')}_stderr", f"{key}_error"):
        if candidate in table:
            return table[candidate]
    return None


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def matrix(rows, errors, names):
    names = names if isinstance(names, list) and len(names) == len(rows) else [""] * len(rows)
    head = "<tr><th></th>" + "".join(f"<th>{html.escape(str(n))}</th>" for n in names) + "</tr>"
    body = ""
    for i, row in enumerate(rows):
        cells = "".join(f"<td>{shown(v, errors[i][j] if errors else None)}</td>" for j, v in enumerate(row))
        body += f"<tr><th>{html.escape(str(names[i]))}</th>{cells}</tr>"
    return f'<table class="matrix">{head}{body}</table>'


def is_matrix(value):
    return (isinstance(value, list) and 0 < len(value) <= 8 and all(isinstance(row, list) and len(row) == len(value) for row in value)
            and all(v is None or is_number(v) for row in value for v in row))


def cell(value, error, table):
    """What stands for a value; None where it is a curve or a table of its own."""
    if isinstance(value, dict):
        plain = all(v is None or isinstance(v, (str, int, float)) for v in value.values()) and 0 < len(value) <= MOST_ELEMENTS
        if not plain:
            return None
        errors = error if isinstance(error, dict) else {}
        return ", ".join(f"{html.escape(k)} {shown(v, errors.get(k))}" for k, v in value.items())
    if is_matrix(value):
        return matrix(value, error if is_matrix(error) else None, table.get("species"))
    if isinstance(value, list):
        if len(value) > MOST_ELEMENTS or any(isinstance(v, (list, dict)) for v in value):
            return None
        errors = error if isinstance(error, list) and len(error) == len(value) else [None] * len(value)
        return ", ".join(shown(v, e) for v, e in zip(value, errors))
    return shown(value, error)


def rows(table):
    """Rows of key numbers, and the inner tables that need headings of their own."""
    found, inner = [], []
    for key, value in table.items():
        if key.endswith(("_stderr", "_error")) or key in ("trajectory", "parameters", "units"):
            continue
        text = cell(value, error_of(key, table), table)
        if text is not None:
            name, unit = titled(key)
            found.append(f"<tr><th>{html.escape(name)}</th><td>{text}</td><td>{unit}</td></tr>")
        elif isinstance(value, dict):
            inner.append((key, value))
    return found, inner


def numbers(table, heading=None):
    found, inner = rows(table)
    parts = []
    if found and heading:
        parts.append(f"<h4>{html.escape(heading)}</h4>")
    if found:
        parts.append(f'<table class="numbers">{"".join(found)}</table>')
    deeper = [numbers(value, key if heading is None else f"{heading}, {key}") for key, value in inner]
    parts += [text for text in deeper if text]
    return "".join(parts) if found or any(deeper) else ""


def picture(path, number):
    """An SVG for the inside of a page: its names made its own, so that pictures do not take each other's."""
    text = path.read_text(encoding="utf-8")
    text = text[text.index("<svg"):]
    text = re.sub(r'\bid="', f'id="p{number}-', text)
    text = re.sub(r"url\(#", f"url(#p{number}-", text)
    text = re.sub(r'href="#', f'href="#p{number}-', text)
    # A viewBox alone lets the page choose the size.
    head = text[:text.index(">")]
    if "viewBox" in head:
        text = re.sub(r'\s(width|height)="[^"]*"', "", head) + text[len(head):]
    return f'<figure class="picture" data-file="{html.escape(path.name, quote=True)}">{text}</figure>'


def section(path, pictures, directory):
    """One analysis: heading, key numbers, pictures, and in small print what it was made of."""
    kind = path.stem
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        return f"<section><h3>{html.escape(kind)}</h3><p class=warning>{html.escape(path.name)} cannot be read: {html.escape(str(error))}</p></section>"
    if not isinstance(data, dict):
        data = {}
    trajectory = data.get("trajectory") if isinstance(data.get("trajectory"), dict) else {}
    where = f"{trajectory.get('frames')} frames of {trajectory.get('file')}" if trajectory.get("frames") else ""
    name = kind if path.parent == directory else f"{path.parent.name}: {kind}"
    parameters = data.get("parameters") if isinstance(data.get("parameters"), dict) else {}
    details = numbers(parameters)
    return (f'<section><h3>{html.escape(name)}</h3><p class="source">{html.escape(where)}</p>'
            f'<div class="result"><div>{numbers(data)}'
            + (f"<details><summary>parameters</summary>{details}</details>" if details else "")
            + f'</div><div class="pictures">{"".join(pictures)}</div></div></section>')


def sections(directory):
    """All analyses in a directory and in those that it holds."""
    found, count = [], 0
    for folder in [directory] + sorted(p for p in directory.iterdir() if p.is_dir()):
        files, svgs = sorted(folder.glob("*.json")), sorted(folder.glob("*.svg"))
        taken = set()
        for path in files:
            own = [s for s in svgs if s.stem == path.stem or s.stem.startswith((path.stem + "_", path.stem + "-"))]
            # Pictures that are named after no file belong to the only one there is.
            if len(files) == 1:
                own = svgs
            taken.update(own)
            pictures = []
            for svg in own:
                count += 1
                pictures.append(picture(svg, count))
            found.append(section(path, pictures, directory))
        rest = [s for s in svgs if s not in taken]
        if rest:
            pictures = []
            for svg in rest:
                count += 1
                pictures.append(picture(svg, count))
            found.append(f'<section><h3>further pictures</h3><div class="pictures">{"".join(pictures)}</div></section>')
    return found
