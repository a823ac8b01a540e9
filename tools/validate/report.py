#!/usr/bin/env python3
"""The page that tools/report makes: well-formed, self-contained, with every chart, picture and key number of a run.

    tools/validate/report.py

Exit status 1 with what is wrong.
"""
import csv
import html.parser
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
PICTURE = ('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10" viewBox="0 0 10 10"><clipPath id="clip1">'
           '<rect x="0" y="0" width="5" height="5"/></clipPath><g clip-path="url(#clip1)"><circle r="{}"/></g></svg>\n')
VOID = {"meta", "br", "hr", "img", "link", "input"}


def make_run(run):
    """A directory as a run leaves it: two stages, grades, a group, a profile, and two analyses."""
    thermo = ["stage", "step", "time (fs)", "temperature (K)", "potential energy (eV)", "pressure (bar)", "volume (Å^3)",
              "density (g/cm^3)", "drift (eV/atom)", "largest force (eV/Å)"]
    rows = [["relax" if k < 5 else "a <b> & c", k, 0.5 * max(0, k - 5), 300 + k, -3.0 - 0.1 * k, 1e3, 100 + k, 1.5, 1e-6 * k, 0.1]
            for k in range(3000)]
    write(run / "thermo.csv", thermo, rows)
    write(run / "extrapolation.csv", ["step", "time (fs)", "maximum", "mean", "atoms above select", "atoms above break"],
          [[k, k, 10 ** (k / 50), 0.5, k % 3, 0] for k in range(100)])
    write(run / "group.csv", ["step", "time (fs)", "temperature (K)"], [[k, k, 300 + math.sin(k)] for k in range(50)])
    write(run / "layers.csv", ["step", "time (fs)", "slab", "center (Å)", "atoms"],
          [[k, k, s, s + 0.5, k + s] for k in range(20) for s in range(4)])
    (run / "log.txt").write_text(
        "swmd 0.1.0, 2 ranks, input a.toml\nstructure a.extxyz: 2 atoms\n\nstage relax: minimize\nstage relax: converged\n"
        "stage a <b> & c: md\nwarning: hot & <loud>\nstage a <b> & c: all steps done\n")
    (run / "performance.json").write_text(json.dumps({
        "atoms": 2, "steps": 3000, "seconds": 75.0, "ranks": 2, "stepsPerSecond": 40.0, "microsecondsPerAtomStep": 3.1,
        "peakMemoryBytes": 5e7, "secondsByPhase": {"kernel": 60.0, "other": 15.0}}))
    (run / "analysis/late").mkdir(parents=True)
    facts = {"file": "a.nc", "frames": 7, "atoms": {"Li": 1, "S": 1}}
    (run / "analysis/msd.json").write_text(json.dumps({
        "trajectory": facts, "parameters": {"frame": "com"}, "units": {}, "lags_ps": list(range(100)),
        "species": {"Li": {"msd_A2": list(range(100)), "D_A2_per_ps": 0.54321, "D_stderr": 0.0123}}}))
    (run / "analysis/msd.svg").write_text(PICTURE.format(1))
    (run / "analysis/late/onsager.json").write_text(json.dumps({
        "trajectory": facts, "species": ["Li", "S"], "L_per_eV_A_ps": [[0.25, 0.125], [0.125, 0.5]],
        "L_stderr": [[0.01, 0.02], [0.02, 0.03]], "sigma_S_per_m": 12.5, "haven_ratio": None}))
    (run / "analysis/late/onsager.svg").write_text(PICTURE.format(2))


def write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header] + rows)


class Reader(html.parser.HTMLParser):
    """Sees that all tags are closed in order, and collects names and addresses."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.errors, self.ids, self.addresses, self.text = [], [], [], [], []

    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            self.open.append(tag)
        values = dict(attributes)
        if "id" in values:
            self.ids.append(values["id"])
        self.addresses += [v for k, v in attributes if k in ("src", "href", "xlink:href", "action", "data")]

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.errors.append(f"</{tag}> closes nothing, at line {self.getpos()[0]}")

    def handle_data(self, data):
        self.text.append(data)


def check(page):
    reader = Reader()
    reader.feed(page)
    wrong = reader.errors + [f"<{tag}> is never closed" for tag in reader.open]
    wrong += [f"the name {name} comes twice" for name in set(reader.ids) if reader.ids.count(name) > 1]
    wrong += [f"'{address}' is outside the page" for address in reader.addresses if not address.startswith("#")]
    wrong += [f"'{word}' loads something" for word in ("@import", "url(http", "<script", "<link", "<iframe") if word in page]
    wrong += [f"'#{address[1:]}' leads nowhere" for address in reader.addresses if address[1:] not in reader.ids]
    drawings = [part[:part.index("</svg>")] + "</svg>" for part in page.replace("<svg", "\0<svg").split("\0")[1:]]
    for drawing in drawings:
        xml.etree.ElementTree.fromstring(drawing)
    # Seven of the thermodynamics, two of the grades, two computes, two pictures, one bar.
    if len(drawings) != 14:
        wrong.append(f"there are {len(drawings)} drawings, not 14")
    wrong += [f"the picture of {name} is missing" for name in ("msd", "onsager") if f'data-file="{name}.svg"' not in page]
    text = "".join(reader.text)
    for expected in ("0.543 ± 0.012", "0.250 ± 0.010", "0.500 ± 0.030", "12.5", "7 frames of a.nc", "warning: hot & <loud>",
                     "a <b> & c", "converged", "1 min 15 s", "late: onsager", "kernel 80.0 %", "95.5"):
        if expected not in text:
            wrong.append(f"'{expected}' is missing")
    return wrong


def main():
    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder) / "run"
        run.mkdir()
        make_run(run)
        subprocess.run([sys.executable, ROOT / "tools/report", run], check=True, capture_output=True)
        page = (run / "report.html").read_text(encoding="utf-8")
        wrong = check(page)
        # A run in its midst has less.
        for name in ("performance.json", "thermo.csv"):
            (run / name).unlink()
        subprocess.run([sys.executable, ROOT / "tools/report", run, "--output", run / "b.html"], check=True, capture_output=True)
        if "has not ended yet" not in (run / "b.html").read_text(encoding="utf-8"):
            wrong.append("a run that goes on is not told from one that ended")
        refused = subprocess.run([sys.executable, ROOT / "tools/report", folder], capture_output=True, text=True)
        if refused.returncode != 1 or "no directory of a run" not in refused.stderr:
            wrong.append("a directory without a run is not refused")
    for line in wrong:
        print(f"report: {line}")
    if wrong:
        sys.exit(1)
    print(f"report: one page of {len(page) // 1000} kB, 14 drawings, nothing outside it")


if __name__ == "__main__":
    main()
