#!/usr/bin/env python3
"""Onsager coefficients two ways: from fluctuations, and from the response to a small field.

    tools/validate/response.py [--swmd PATH] [--time 2000] [--field 0.001 0.002]

A dense Lennard-Jones fluid of equal numbers of argon and krypton, alike but for their masses, at constant temperature. A run
without field gives the Onsager matrix (Einstein and Green-Kubo). In further runs a force +E acts on each Ar and -E on each Kr, which
leaves the center of mass at rest, and the opposite in others; `swmd analyze drift` compares velocities with sum_j L_ij z_j E.
Exit status 1 where the two differ by more than four standard errors at the least field. Two ns take some minutes; their result is
in results/response.md.
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from argon import POTENTIAL, ROOT, fcc  # noqa: E402

TEMPERATURE, EDGE, CELLS = 140.0, 5.72, 4  # K, Å


def structure():
    """Equal numbers, mixed at random."""
    positions = fcc(CELLS, EDGE)
    names = ["Ar", "Kr"] * (len(positions) // 2)
    random.Random(1).shuffle(names)
    length = CELLS * EDGE
    rows = "".join(f"{name} {r[0]:.6f} {r[1]:.6f} {r[2]:.6f}\n" for name, r in zip(names, positions))
    lattice = f"{length} 0 0 0 {length} 0 0 0 {length}"
    return f'{len(names)}\nLattice="{lattice}" Properties=species:S:1:pos:R:3 pbc="T T T"\n{rows}'


def write_input(folder, name, field, time, seed):
    force = "" if field == 0 else (
        f'force = [{{ group = "argon", force = [0.0, 0.0, {field}] }}, {{ group = "krypton", force = [0.0, 0.0, {-field}] }}]\n')
    stages = "".join(f'''
[[stage]]
name = "{stage}"
kind = "md"
ensemble = "nvt"
timestep = "4 fs"
duration = "{duration} ps"
temperature = "{TEMPERATURE} K"
thermostat = {{ kind = "nose-hoover", time = "1 ps" }}
{force}''' for stage, duration in (("settle", 40), ("measure", time)))
    (folder / f"{name}.toml").write_text(f'''
[system]
structure = "fluid.extxyz"
velocities = {{ temperature = "{2 * TEMPERATURE} K", seed = {seed} }}
{POTENTIAL}
[[group]]
name = "argon"
species = ["Ar"]
[[group]]
name = "krypton"
species = ["Kr"]

[output]
directory = "{name}"
log = {{ every = 5000 }}
trajectory = {{ file = "trajectory.nc", every = 10, velocities = true }}
{stages}''')


def swmd(options, folder, *words):
    done = subprocess.run([str(options.swmd), *map(str, words)], cwd=folder, capture_output=True, text=True,
                          env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    if done.returncode != 0:
        sys.exit(f"response: swmd {' '.join(map(str, words))}\n{done.stdout}{done.stderr}")
    return done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swmd", type=pathlib.Path, default=ROOT / ".build/release/swmd")
    parser.add_argument("--time", type=float, default=2000, help="ps of each run")
    parser.add_argument("--field", type=float, nargs="+", default=[0.001, 0.002], help="eV/Å")
    options = parser.parse_args()
    options.swmd = options.swmd.resolve()
    charges = ["--charges", "Ar=1,Kr=-1"]
    failed = False
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "fluid.extxyz").write_text(structure())
        write_input(folder, "rest", 0, options.time, 1)
        swmd(options, folder, "run", "rest.toml")
        for method in ("green-kubo", "einstein"):
            window = ["--fit", "2:20"] if method == "einstein" else []
            swmd(options, folder, "analyze", "onsager", "rest/trajectory.nc", "--skip", 40, "--temperature", TEMPERATURE,
                 "--method", method, "--output", method, *charges, *window)
            result = json.loads((folder / method / "onsager.json").read_text())
            print(f"{method}: L = {result['L_per_eV_A_ps']} ± {result['L_stderr']} 1/(eV Å ps)")
        for number, field in enumerate(options.field):
            for sign, run in ((1, f"plus{number}"), (-1, f"minus{number}")):
                write_input(folder, run, sign * field, options.time, 10 + 2 * number + sign)
                swmd(options, folder, "run", f"{run}.toml")
            print(f"\nE = ±{field} eV/Å")
            print(swmd(options, folder, "analyze", "drift", f"plus{number}/trajectory.nc", "--skip", 40, "--reversed",
                       f"minus{number}/trajectory.nc", "--field", f"0,0,{field}", *charges, "--equilibrium",
                       "einstein/onsager.json", "--output", f"drift{number}"))
            found = json.loads((folder / f"drift{number}" / "drift.json").read_text())
            if number == 0:
                for element, row in found["species"].items():
                    deviation = row["deviation"]
                    print(f"{element}: {deviation:+.2f} standard errors apart")
                    failed |= abs(deviation) > 4
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
