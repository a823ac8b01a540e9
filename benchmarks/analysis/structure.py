#!/usr/bin/env python3
"""Radial distribution functions and coordination maps: swmd against freud, MDAnalysis and ASE on the same trajectories.

    benchmarks/analysis/structure.py [--swmd PATH] [--repeats 3] [--output FILE]

Each program runs by itself on one core and reads the trajectory (AMBER NetCDF); what counts is its processor time (user and
system), so that other work on the machine matters little. Peers do not pay for their imports; swmd pays for its start. Peers
that are not installed are left out. The trajectories are shaken antifluorite, made with NumPy and SciPy.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

import amber

ROOT = pathlib.Path(__file__).resolve().parents[2]
EDGE = 5.72
LARGE = dict(cells=(20, 20, 21), frames=20, rmax=8.0, bins=400)
SMALL = dict(cells=(2, 2, 2), frames=5000, rmax=5.6, bins=280)
MAP = dict(cells=(4, 4, 8), frames=200, cutoff=3.2, zbins=24)


def antifluorite(cells):
    """Positions of Li and S, the number of Li, and the box."""
    fcc = np.array([[0, 0, 0], [0, .5, .5], [.5, 0, .5], [.5, .5, 0]])
    tetrahedral = np.array([[x, y, z] for x in (.25, .75) for y in (.25, .75) for z in (.25, .75)])
    corners = np.array([[i, j, k] for i in range(cells[0]) for j in range(cells[1]) for k in range(cells[2])])
    lithium = (corners[:, None] + tetrahedral).reshape(-1, 3) * EDGE
    sulfur = (corners[:, None] + fcc).reshape(-1, 3) * EDGE
    return np.vstack([lithium, sulfur]), len(lithium), np.array(cells) * EDGE


def write(path, cells, frames, width=0.25):
    """A trajectory of Gaussian displacements; returns the numbers of Li and S."""
    sites, lithium, box = antifluorite(cells)
    random = np.random.default_rng(1)
    displaced = ((sites + random.normal(0, width, sites.shape)) % box for _ in range(frames))
    amber.write(path, (positions[None] for positions in displaced), len(sites), box, 0.1)
    return lithium, len(sites) - lithium


# The peers, each as a program that prints its processor seconds and a number to compare.
PRELUDE = """
import sys, time, numpy as np
from scipy.io import netcdf_file
path, lithium, box = sys.argv[1], int(sys.argv[2]), np.array([float(x) for x in sys.argv[3].split(",")])
def frames():
    with netcdf_file(path, mmap=False) as file:
        coordinates = file.variables["coordinates"]
        for frame in range(coordinates.shape[0]):
            yield np.array(coordinates[frame], dtype="f4")
"""

FREUD_RDF = PRELUDE + """
import freud
freud.parallel.set_num_threads(1)
rmax, bins = float(sys.argv[4]), int(sys.argv[5])
start = time.process_time()
rdf, cell = freud.density.RDF(bins, rmax), freud.box.Box(*box)
for r in frames():
    r = r - box.astype("f4") / 2
    rdf.compute((cell, r[lithium:]), query_points=r[:lithium], reset=False)
print(time.process_time() - start, rdf.n_r[-1])
"""

MDANALYSIS_RDF = PRELUDE + """
import MDAnalysis, MDAnalysis.analysis.rdf
rmax, bins = float(sys.argv[4]), int(sys.argv[5])
start = time.process_time()
universe = MDAnalysis.Universe.empty(int(sys.argv[6]), trajectory=False)
universe.load_new(path, format="NCDF")
rdf = MDAnalysis.analysis.rdf.InterRDF(universe.atoms[:lithium], universe.atoms[lithium:], nbins=bins, range=(0, rmax)).run()
print(time.process_time() - start, rdf.results.count.sum() / lithium / universe.trajectory.n_frames)
"""

ASE_RDF = PRELUDE + """
import ase, ase.neighborlist
rmax, bins = float(sys.argv[4]), int(sys.argv[5])
start = time.process_time()
counts, done = np.zeros(bins), 0
for r in frames():
    atoms = ase.Atoms(["Li"] * lithium + ["S"] * (len(r) - lithium), positions=r, cell=box, pbc=True)
    i, j, d = ase.neighborlist.neighbor_list("ijd", atoms, rmax)
    chosen = (i < lithium) & (j >= lithium)
    counts += np.histogram(d[chosen], bins=bins, range=(0, rmax))[0]
    done += 1
    if done == int(sys.argv[7]):
        break
print((time.process_time() - start) * int(sys.argv[8]) / done, counts.sum() / lithium / done)
"""

ASE_MAP = PRELUDE + """
import ase, ase.neighborlist
cutoff, zbins = float(sys.argv[4]), int(sys.argv[5])
start = time.process_time()
total, centers = np.zeros(zbins), np.zeros(zbins)
for r in frames():
    atoms = ase.Atoms(["Li"] * lithium + ["S"] * (len(r) - lithium), positions=r, cell=box, pbc=True)
    i = ase.neighborlist.neighbor_list("i", atoms, {("Li", "S"): cutoff})
    numbers = np.bincount(i, minlength=len(r))[:lithium]
    slabs = np.floor(r[:lithium, 2] / box[2] * zbins).astype(int).clip(0, zbins - 1)
    total += np.bincount(slabs, numbers, zbins)
    centers += np.bincount(slabs, minlength=zbins)
print(time.process_time() - start, total.sum() / centers.sum())
"""

FREUD_MAP = PRELUDE + """
import freud
freud.parallel.set_num_threads(1)
cutoff, zbins = float(sys.argv[4]), int(sys.argv[5])
start = time.process_time()
total, centers, cell = np.zeros(zbins), np.zeros(zbins), freud.box.Box(*box)
for r in frames():
    moved = r - box.astype("f4") / 2
    query = freud.locality.AABBQuery(cell, moved[lithium:])
    numbers = query.query(moved[:lithium], dict(r_max=cutoff)).toNeighborList().neighbor_counts
    slabs = np.floor(r[:lithium, 2] / box[2] * zbins).astype(int).clip(0, zbins - 1)
    total += np.bincount(slabs, numbers, zbins)
    centers += np.bincount(slabs, minlength=zbins)
print(time.process_time() - start, total.sum() / centers.sum())
"""


def peer(code, *arguments):
    """Processor seconds and the compared number; None where the peer is not installed."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)], capture_output=True, text=True,
                          env=environment)
    if done.returncode != 0:
        if "ModuleNotFoundError" in done.stderr:
            return None
        raise RuntimeError(done.stderr)
    seconds, value = map(float, done.stdout.split()[-2:])
    return seconds, value


def swmd(program, *arguments):
    before = os.times()
    done = subprocess.run([str(program), "analyze", *map(str, arguments), "--json"], capture_output=True, text=True,
                          check=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    after = os.times()
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, json.loads(done.stdout)


def measure(options, folder):
    cases = []
    for name, case in [("rdf, 100,800 atoms", LARGE), ("rdf, 96 atoms", SMALL)]:
        path = folder / "rdf.nc"
        lithium, sulfur = write(path, case["cells"], case["frames"])
        box = ",".join(str(EDGE * n) for n in case["cells"])
        common = (path, lithium, box, case["rmax"], case["bins"], lithium + sulfur)
        # ASE loops: it does 250 small frames, and its time is scaled to all; large frames are left out.
        peers = {"freud": (FREUD_RDF, common), "MDAnalysis": (MDANALYSIS_RDF, common)}
        if name.endswith(" 96 atoms"):
            peers["ASE"] = (ASE_RDF, (*common, 250, case["frames"]))

        def ours(path=path, lithium=lithium, sulfur=sulfur, case=case):
            seconds, result = swmd(options.swmd, "rdf", path, "--species-list", f"Li*{lithium},S*{sulfur}", "--pair", "Li-S",
                                   "--rmax", case["rmax"], "--bins", case["bins"])
            return seconds, result["coordination"][-1]
        cases.append(run(name, case, ours, peers, options.repeats))
    path = folder / "map.nc"
    lithium, sulfur = write(path, MAP["cells"], MAP["frames"])
    common = (path, lithium, ",".join(str(EDGE * n) for n in MAP["cells"]), MAP["cutoff"], MAP["zbins"])

    def ours():
        seconds, result = swmd(options.swmd, "coordination", path, "--species-list", f"Li*{lithium},S*{sulfur}", "--pair",
                               f"Li-S:{MAP['cutoff']}", "--axis", "z", "--zbins", MAP["zbins"])
        return seconds, result["pairs"]["Li-S"]["mean"]
    cases.append(run("coordination map, 1,536 atoms", MAP, ours, {"freud": (FREUD_MAP, common), "ASE": (ASE_MAP, common)},
                     options.repeats))
    return cases


def run(name, case, ours, peers, repeats):
    """The least time of each program over interleaved repeats."""
    best, values = {}, {}
    for _ in range(repeats):
        timed = {"swmd": ours()}
        timed |= {who: result for who, (code, arguments) in peers.items() if (result := peer(code, *arguments)) is not None}
        for who, (seconds, value) in timed.items():
            best[who], values[who] = min(best.get(who, seconds), seconds), value
    for who, value in values.items():
        if abs(value - values["swmd"]) > 1e-3 * values["swmd"]:
            raise RuntimeError(f"{name}: {who} finds {value} neighbors, swmd {values['swmd']}")
    row = {"case": name, "frames": case["frames"], "seconds": best,
           "ratios": {who: seconds / best["swmd"] for who, seconds in best.items() if who != "swmd"}}
    print(f"{name}, {case['frames']} frames: swmd {best['swmd']:.3f} s; "
          + ", ".join(f"{who} {best[who]:.3f} s ({ratio:.1f} times)" for who, ratio in row["ratios"].items()), flush=True)
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swmd", type=pathlib.Path, default=ROOT / ".build/release/swmd")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--output", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cases = measure(options, pathlib.Path(folder))
    if options.output:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(json.dumps({"unit": "processor seconds, one core", "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
