"""Lennard-Jones argon under `swmd run`: inputs, runs side by side, and what they wrote.

Shifted-force Lennard-Jones with epsilon 0.0104 eV, sigma 3.405 Å, cutoff 8.5125 Å. Every other atom may be
called Kr: the same interaction with krypton's mass. Classical averages of configurations do not depend on masses, so that
they stay argon's, while equipartition between light and heavy atoms can be seen.
"""
import concurrent.futures
import csv
import os
import pathlib
import subprocess

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
BOLTZMANN = 1.380649e-23 / 1.602176634e-19  # eV/K
BAR = 1 / 1.602176634e6  # eV/Å^3
MASS_VELOCITY = 1.66053906660e-27 * 1e10 / 1.602176634e-19  # eV of 1 amu (Å/fs)^2
MASSES = {"Ar": 39.948, "Kr": 83.798}  # amu

POTENTIAL = """
[[potential]]
kind = "lennard-jones"
cutoff = "8.5125 Å"
truncation = "shifted-force"
pairs = [
  { elements = ["Ar", "Ar"], epsilon = "0.0104 eV", sigma = "3.405 Å" },
  { elements = ["Ar", "Kr"], epsilon = "0.0104 eV", sigma = "3.405 Å" },
  { elements = ["Kr", "Kr"], epsilon = "0.0104 eV", sigma = "3.405 Å" },
]
"""


EPSILON, SIGMA, CUTOFF = 0.0104, 3.405, 8.5125  # eV, Å, Å; those of POTENTIAL


def plain_energy(r):
    return 4 * EPSILON * ((SIGMA / r) ** 12 - (SIGMA / r) ** 6)


def plain_slope(r):
    return 4 * EPSILON * (6 * (SIGMA / r) ** 6 - 12 * (SIGMA / r) ** 12) / r


def pair_energy(r):
    """U of a pair at r < CUTOFF, eV: Lennard-Jones's with energy and force shifted to zero at the cutoff."""
    return plain_energy(r) - plain_energy(CUTOFF) - (r - CUTOFF) * plain_slope(CUTOFF)


def pair_slope(r):
    """dU/dr, eV/Å."""
    return plain_slope(r) - plain_slope(CUTOFF)


def pair_curvature(r):
    """d²U/dr², eV/Å^2."""
    return 4 * EPSILON * (156 * (SIGMA / r) ** 12 - 42 * (SIGMA / r) ** 6) / r ** 2


def fcc(cells, constant):
    """[4 cells^3][3] positions, Å."""
    basis = np.array([[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
    corners = np.stack(np.meshgrid(*[np.arange(cells)] * 3, indexing="ij"), axis=-1).reshape(-1, 1, 3)
    return constant * (corners + basis).reshape(-1, 3)


def write_crystal(path, cells, constant, mixed=False):
    """Writes an fcc crystal; `mixed`: every other atom is a Kr."""
    positions, edge = fcc(cells, constant), cells * constant
    names = ["Kr" if mixed and index % 2 else "Ar" for index in range(len(positions))]
    lattice = " ".join(repr(float(x)) for x in (edge * np.eye(3)).ravel())
    lines = [str(len(positions)), f'Lattice="{lattice}" Properties=species:S:1:pos:R:3 pbc="T T T"']
    lines += [" ".join([name, *(repr(float(x)) for x in r)]) for name, r in zip(names, positions)]
    path.write_text("\n".join(lines) + "\n")


def run(swmd, folder, text, ranks=1):
    """Runs an input whose output directory is 'run'."""
    (folder / "input.toml").write_text(text)
    command = [str(ROOT / "tools/mpirun"), "-np", str(ranks)] if ranks > 1 else []
    command += [str(pathlib.Path(swmd).resolve()), "run", str(folder / "input.toml"), "--overwrite"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    if done.returncode != 0:
        raise RuntimeError(f"{folder.name}: exit status {done.returncode}\n{done.stderr.strip()}")


def version(swmd):
    return subprocess.run([swmd, "--version"], capture_output=True, text=True, check=True).stdout.strip()


def side_by_side(work, items, processes):
    """work(item) for each item, so many at a time; results in the items' order."""
    with concurrent.futures.ThreadPoolExecutor(processes) as pool:
        return list(pool.map(work, items))


def read_log(folder, stage):
    """The columns of a stage's rows, by name, without the row of its start."""
    with open(folder / "run/thermo.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["stage"] == stage][1:]
    return {name: np.array([float(row[name] or "nan") for row in rows]) for name in rows[0] if name != "stage"}
