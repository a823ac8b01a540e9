#!/usr/bin/env python3
"""Drift of the total energy at constant energy: Li | Li2S near 600 K, 0.5 fs, under the potential that ships.

    benchmarks/drift.py [--steps 20000] [--timestep 0.5]

The interface is minimized, runs `--equilibration` steps from twice the temperature (the crystal takes up half), and
is then measured: the slope of a straight line through the total energy of every tenth step, eV/atom/ps. Its
uncertainty comes from ten blocks.
"""
import csv
import pathlib
import sys
import tempfile

import numpy as np

import common

TARGET = 5e-6


def floor(arguments):
    if not arguments.floor:
        return ""
    inner, outer = arguments.floor
    return f"""[[potential]]
kind = "zbl"
inner = {inner}
outer = {outer}
"""


def input_text(arguments):
    return f"""
[system]
structure = "{common.ROOT}/inputs/li-li2s/li-li2s.extxyz"
replicate = {arguments.replicate}
velocities = {{ temperature = {2 * arguments.temperature}, seed = 42 }}
[[potential]]
file = "{common.ROOT}/potentials/li-s.almtp"
species = ["Li", "S"]
precision = "{arguments.precision}"
{floor(arguments)}[output]
directory = "run"
log = {{ every = 10 }}
checkpoint = {{ every = 1_000_000_000 }}
[[stage]]
name = "relax"
kind = "minimize"
force_tolerance = "0.05 eV/Å"
max_steps = 500
[[stage]]
name = "equilibrate"
kind = "md"
timestep = {arguments.timestep}
steps = {arguments.equilibration}
[[stage]]
name = "measure"
kind = "md"
timestep = {arguments.timestep}
steps = {arguments.steps}
"""


def read_stage(path, stage):
    """Time (ps), total energy (eV), temperature (K) of a stage's rows."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["stage"] == stage]
    names = ("time (fs)", "total energy (eV)", "temperature (K)")
    values = np.array([[float(row[name]) for name in names] for row in rows]) * (1e-3, 1, 1)
    return values.T


def slope_with_error(time, energy):
    """Least-squares slope, and its standard error from the scatter of ten blocks' means around the line."""
    slope, offset = np.polyfit(time, energy, 1)
    blocks = np.array_split(np.arange(len(time)), 10)
    centers = np.array([time[block].mean() for block in blocks])
    rest = np.array([(energy - slope * time - offset)[block].mean() for block in blocks])
    error = np.sqrt((rest ** 2).sum() / (len(blocks) - 2) / ((centers - centers.mean()) ** 2).sum())
    return slope, error


def main():
    parser = common.parser(__doc__)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--replicate", type=int, nargs=3, default=[1, 1, 1])
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--equilibration", type=int, default=2000, help="steps")
    parser.add_argument("--timestep", type=float, default=0.5, help="fs")
    parser.add_argument("--temperature", type=float, default=600, help="K, about")
    parser.add_argument("--floor", type=float, nargs=2, metavar=("INNER", "OUTER"), default=(1.6, 2.4),
                        help="Å; adds ZBL's repulsion: at 600 K two Li atoms find a hole of the potential at 1.7 Å")
    parser.add_argument("--precision", choices=["double", "mixed"], default="double")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        performance = common.run_swmd(arguments.swmd, input_text(arguments), scratch, arguments.ranks)
        time, energy, temperature = read_stage(pathlib.Path(scratch) / "run/thermo.csv", "measure")
    atoms = performance["atoms"]
    slope, error = slope_with_error(time - time[0], (energy - energy[0]) / atoms)
    result = {
        "atoms": atoms, "ranks": arguments.ranks, "steps": arguments.steps, "timestep (fs)": arguments.timestep,
        "precision": arguments.precision, "ZBL floor (Å)": arguments.floor,
        "mean temperature (K)": round(temperature.mean(), 2),
        "slope (eV/atom/ps)": slope, "standard error (eV/atom/ps)": error, "target (eV/atom/ps)": TARGET,
        "energy fluctuation, rms (eV/atom)": float(np.std(energy / atoms)),
        "last minus first energy (eV/atom)": (energy[-1] - energy[0]) / atoms}
    print(f"{atoms} atoms, {arguments.steps} steps at {temperature.mean():.0f} K: "
          f"{slope:.2e} +- {error:.1e} eV/atom/ps, target {TARGET:.0e}")
    common.write_results(arguments, "drift" if arguments.precision == "double" else "drift_mixed", {"result": result})
    return 0 if abs(slope) < TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
