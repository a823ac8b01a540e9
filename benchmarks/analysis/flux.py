#!/usr/bin/env python3
"""Fluxes, van Hove functions, hops and fingerprints: swmd on one core against the same work in NumPy and ASE, in one run.

    benchmarks/analysis/flux.py [--frames 1000] [--edge 27] [--swmd PATH]

Both sides read the same NetCDF file and must agree: crossings, hops and displacement counts to the unit. NumPy's side is
vectorized over atoms and loops over frames, as scripts for such analyses do. Times are of the processor, user and system,
which other work on the machine disturbs less than the clock's. ASE, NumPy and SciPy must be installed.
"""
import argparse
import json
import os
import pathlib
import resource
import subprocess
import tempfile

import numpy as np
from ase import Atoms
from ase.io import write
from ase.neighborlist import neighbor_list
from scipy.io import netcdf_file
from scipy.special import erf

import amber

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPACING = 0.5
LAGS = (1, 10, 100)
EDGE = 3.0


def make_trajectory(path, frames, sites, shape, seed=1):
    """Atoms that hop between the sites of a cubic lattice and rattle, wrapped, in single precision."""
    random = np.random.default_rng(seed)
    cell = EDGE * np.array(shape)
    place = sites.copy()

    def blocks():
        for _ in range(frames):
            hops = random.random(len(place)) < 0.01
            steps = np.zeros_like(place)
            steps[np.arange(len(place)), random.integers(0, 3, len(place))] = EDGE * random.choice((-1, 1), len(place))
            np.add(place, hops[:, None] * steps, out=place)
            yield np.mod(place + random.uniform(-0.4, 0.4, place.shape), cell)[None]

    amber.write(path, blocks(), len(sites), cell, SPACING)
    return cell


def unwrapped(path):
    """Fractional coordinates of frame after frame."""
    with netcdf_file(path, "r", mmap=False) as file:
        coordinates, lengths = file.variables["coordinates"], file.variables["cell_lengths"]
        images = before = None
        for frame in range(coordinates.shape[0]):
            now = coordinates[frame].astype(float) / lengths[frame]
            if before is None:
                images = np.zeros_like(now)
            else:
                images -= np.round(now - before)
            before = now
            yield now + images


def numpy_flux(path, plane):
    up = down = 0
    below = None
    for places in unwrapped(path):
        k = np.floor(places[:, 2] - plane)
        if below is not None:
            step = (k - below).astype(int)
            up, down = up + step[step > 0].sum(), down - step[step < 0].sum()
        below = k
    return int(up), int(down)


def numpy_van_hove(path, cell, bins=160, r_max=8.0):
    """All origins, as swmd; the whole trajectory in memory."""
    places = np.array(list(unwrapped(path))) * cell
    counts = []
    for lag in LAGS:
        total = np.zeros(bins, dtype=int)
        for origin in range(len(places) - lag):
            r = np.sqrt(((places[origin + lag] - places[origin]) ** 2).sum(axis=1))
            total += np.histogram(r, bins=bins, range=(0, r_max))[0]
        counts.append(total)
    return counts


def numpy_hops(path, shape, core=1.2):
    """The nearest site of this lattice is known without a search: what is left is the bookkeeping."""
    state, hops = None, 0
    for places in unwrapped(path):
        scaled = places * np.array(shape)
        nearest = np.round(scaled)
        inside = (((scaled - nearest) * EDGE) ** 2).sum(axis=1) < core * core
        if state is None:
            state = nearest
            continue
        moved = inside & (nearest != state).any(axis=1)
        hops += int(moved.sum())
        state[moved] = nearest[moved]
    return hops


def ase_fingerprint(atoms, r_max=8.0, width=0.1, bin_width=0.05):
    edges = np.arange(round(r_max / bin_width) + 1) * bin_width
    distances = np.sort(neighbor_list("d", atoms, r_max + 8.5 * width))
    sums = np.zeros(len(edges))
    for number, edge in enumerate(edges):
        # All of what is far below the edge, and nothing of what is far above.
        low, high = np.searchsorted(distances, (edge - 8.5 * width, edge + 8.5 * width))
        sums[number] = low + 0.5 * (1 + erf((edge - distances[low:high]) / (width * np.sqrt(2)))).sum()
    r = edges[:-1] + bin_width / 2
    return np.diff(sums) / (4 * np.pi * r ** 2 * bin_width * len(atoms) ** 2 / atoms.get_volume()) - 1


def processor_seconds():
    """Of this process and its children that have ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def timed(function, *arguments):
    start = processor_seconds()
    result = function(*arguments)
    return result, processor_seconds() - start


def analyze(swmd, kind, *arguments):
    done = subprocess.run([str(swmd), "analyze", kind, *map(str, arguments), "--json"], capture_output=True, text=True,
                          env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=1000)
    parser.add_argument("--edge", type=int, default=27, help="sites along each edge of the cube, one atom each")
    parser.add_argument("--swmd", type=pathlib.Path, default=ROOT / ".build/release/swmd")
    options = parser.parse_args()
    shape = (options.edge,) * 3
    sites = EDGE * np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1).reshape(-1, 3).astype(float)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "walk.nc"
        cell = make_trajectory(path, options.frames, sites, shape)
        print(f"{options.frames} frames, {len(sites)} atoms, {path.stat().st_size >> 20} MB")
        named = [path, "--species-list", f"Li*{len(sites)}"]
        rows = []
        plane = cell[2] * 0.51
        got, ours = timed(analyze, options.swmd, "flux", *named, "--plane", plane)
        got = json.loads(got)
        want, theirs = timed(numpy_flux, path, 0.51)
        assert (got["species"]["Li"]["up_total"], got["species"]["Li"]["down_total"]) == want
        rows.append(("flux through a plane", ours, theirs, "NumPy"))
        lags = ",".join(str(SPACING * lag) for lag in LAGS)
        got, ours = timed(analyze, options.swmd, "vanhove", *named, "--lags", lags, "--memory", 8192)
        got = json.loads(got)
        want, theirs = timed(numpy_van_hove, path, cell)
        apart = max(np.abs(np.array(a) - b).max() for a, b in zip(got["species"]["Li"]["counts"], want))
        # NumPy's bins end in a closed interval, and distances at an edge fall to either side by rounding.
        assert apart <= 10, apart
        rows.append(("self van Hove, three lags", ours, theirs, "NumPy"))
        lattice = Atoms("Li" * len(sites), positions=sites, cell=cell, pbc=True)
        write(pathlib.Path(folder) / "sites.extxyz", lattice)
        got, ours = timed(analyze, options.swmd, "hops", *named, "--mobile", "Li", "--sites",
                          pathlib.Path(folder) / "sites.extxyz")
        got = json.loads(got)
        want, theirs = timed(numpy_hops, path, shape)
        assert got["hops"] == want, (got["hops"], want)
        rows.append(("hops between sites", ours, theirs, "NumPy, sites by rounding"))
        frames = []
        for places in unwrapped(path):
            frames.append(Atoms("Li" * len(sites), scaled_positions=places, cell=cell, pbc=True))
            if len(frames) == 4:
                break
        write(pathlib.Path(folder) / "few.extxyz", frames)
        got, ours = timed(analyze, options.swmd, "similarity", pathlib.Path(folder) / "few.extxyz", "--interval", 1)
        got = json.loads(got)

        def cosines():
            vectors = [ase_fingerprint(frame) for frame in frames]
            return [v @ vectors[0] / np.sqrt(v @ v * (vectors[0] @ vectors[0])) for v in vectors]

        want, theirs = timed(cosines)
        assert np.abs(np.array(want) - got["cosine"]).max() < 1e-5
        rows.append(("fingerprints of 4 frames", ours, theirs, "ASE and NumPy"))
        print("| analysis | swmd (s) | peer (s) | ratio | peer |\n|---|---|---|---|---|")
        for what, ours, theirs, peer in rows:
            print(f"| {what} | {ours:.2f} | {theirs:.2f} | {theirs / ours:.1f} | {peer} |")


if __name__ == "__main__":
    main()
