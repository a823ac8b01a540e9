#!/usr/bin/env python3
"""Holds `swmd eos`, `swmd elastic` and tools/phonons against ASE for bcc Li and antifluorite Li2S.

    tools/validate/lattice.py [--swmd PATH] [--ranks N] [--write]

ASE drives the potential that ships through tools/ase_swmd.py with its own optimizer (BFGS over FrechetCellFilter), its own
fit of the equation of state, and finite strains that are worked out here: lattice constant, bulk modulus and elastic
constants must agree to four digits. The phonons at Γ must have three acoustic modes at zero, without the sum rule
imposed, and no imaginary one; the speeds of sound along [100] must be those of C11 and C44. Prints a table; exit status 1 on a mismatch; --write stores it as tools/validate/results/lattice.md. Needs ASE and phonopy.
"""
import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from ase import Atoms, units
from ase.build import bulk
from ase.eos import EquationOfState
from ase.filters import FrechetCellFilter
from ase.io import write
from ase.optimize import BFGS

TOOLS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOOLS))
from ase_swmd import SWMD, find_swmd

POTENTIAL, SPECIES = TOOLS.parent / "potentials" / "li-s.almtp", "Li,S"
TOLERANCE = 5e-5
ACOUSTIC_NOISE = 0.01  # THz
# The first wave vector after Γ is finite, and so are the supercells.
SOUND_TOLERANCE = 2e-3
RANGE, POINTS = (0.97, 1.03), 11


def antifluorite(a):
    sulfur = [(0, 0, 0), (0, 0.5, 0.5), (0.5, 0, 0.5), (0.5, 0.5, 0)]
    lithium = [(x, y, z) for x in (0.25, 0.75) for y in (0.25, 0.75) for z in (0.25, 0.75)]
    return Atoms("S4Li8", scaled_positions=sulfur + lithium, cell=[a] * 3, pbc=True)


CRYSTALS = {"bcc Li": bulk("Li", "bcc", a=3.44, cubic=True), "antifluorite Li2S": antifluorite(5.73)}


def swmd(options, command, structure, *arguments):
    """The JSON that a command prints."""
    launcher = [str(TOOLS / "mpirun"), "-np", str(options.ranks)] if options.ranks > 1 else []
    done = subprocess.run(
        launcher + [options.swmd, command, "--potential", str(POTENTIAL), "--species", SPECIES, "--structure", str(structure),
                    "--json", *arguments],
        capture_output=True, text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    if done.returncode != 0:
        sys.exit(f"lattice.py: swmd {command} ended with {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def of_swmd(options, atoms, folder):
    start = folder / "start.extxyz"
    write(start, atoms)
    elastic = swmd(options, "elastic", start)
    eos = swmd(options, "eos", start, "--range", f"{RANGE[0]}:{RANGE[1]}", "--points", str(POINTS))
    relaxed, clamped = (np.array(elastic[key]["values"]) for key in ("relaxedIonConstants", "clampedIonConstants"))
    return {
        "lattice constant (Å)": np.linalg.norm(elastic["cell"][0]),
        "V0 (Å³/atom)": eos["volume"]["value"],
        "B0 (GPa)": eos["bulkModulus"]["value"],
        **constants(relaxed, clamped),
    }


def constants(relaxed, clamped):
    return {
        "C11 (GPa)": relaxed[0, 0], "C12 (GPa)": relaxed[0, 1], "C44 (GPa)": relaxed[3, 3],
        "C44 clamped (GPa)": clamped[3, 3],
    }


def of_ase(atoms, calculator):
    atoms = atoms.copy()
    atoms.calc = calculator
    BFGS(FrechetCellFilter(atoms), logfile=None).run(fmax=1e-7, steps=1000)
    clamped, relaxed = (np.array([slope(atoms, j, with_ions) for j in range(6)]).T for with_ions in (False, True))
    return {"lattice constant (Å)": atoms.cell.lengths()[0], **constants(relaxed, clamped)}


def curve_of_ase(atoms, calculator):
    """V0 and B0 by ASE's fit of the same form to the same volumes, which are parts of the start's."""
    volumes, energies = [], []
    for ratio in np.linspace(*RANGE, POINTS):
        scaled = atoms.copy()
        scaled.set_cell(atoms.cell * ratio ** (1 / 3), scale_atoms=True)
        scaled.calc = calculator
        volumes.append(scaled.get_volume() / len(atoms))
        energies.append(scaled.get_potential_energy() / len(atoms))
    volume, _, modulus = EquationOfState(volumes, energies, eos="birchmurnaghan").fit()
    return {"V0 (Å³/atom)": volume, "B0 (GPa)": modulus / units.GPa}


def slope(atoms, component, with_ions, strain=1e-3):
    """Column `component` of the matrix: Cauchy stresses against small strains, five-point differences, GPa."""
    def stress(amplitude):
        i, j = [(0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)][component]
        change = np.eye(3)
        change[i, j] += amplitude / 2
        change[j, i] += amplitude / 2
        strained = atoms.copy()
        strained.set_cell(atoms.cell.array @ change, scale_atoms=True)
        strained.calc = atoms.calc
        if with_ions:
            BFGS(strained, logfile=None).run(fmax=1e-8, steps=500)
        return strained.get_stress() / units.GPa

    return (8 * (stress(strain) - stress(-strain)) - (stress(2 * strain) - stress(-2 * strain))) / (12 * strain)


def phonons(options, atoms, folder):
    """The facts that tools/phonons writes, and C11 and C44 (GPa) from its speeds of sound along [100]."""
    write(folder / "phonons.extxyz", atoms)
    done = subprocess.run(
        [sys.executable, str(TOOLS / "phonons"), "--potential", str(POTENTIAL), "--species", SPECIES,
         "--structure", str(folder / "phonons.extxyz"), "--output", str(folder / "phonons"), "--mesh", "8"],
        capture_output=True, text=True, env={**os.environ, "SWMD": options.swmd})
    if done.returncode != 0:
        sys.exit(f"lattice.py: tools/phonons ended with {done.returncode}: {done.stderr.strip()}")
    facts = json.loads((folder / "phonons" / "phonons.json").read_text(encoding="utf-8"))
    with open(folder / "phonons" / "bands.csv", newline="", encoding="utf-8") as file:
        row = [float(cell) for cell in list(csv.reader(file))[2]]  # the first point after Γ; both paths start along [100]
    density = atoms.get_masses().sum() * units._amu / (np.linalg.det(facts["cell (Å)"]) * 1e-30)
    # C = density (frequency/wave number)^2; 1 Å THz is 100 m/s.
    acoustic = sorted(density * (100 * frequency / row[1]) ** 2 / 1e9 for frequency in sorted(row[5:])[:3])
    twice = min(range(2), key=lambda i: acoustic[i + 1] - acoustic[i])
    return facts, {"C44 (GPa)": acoustic[twice], "C11 (GPa)": acoustic[2 if twice == 0 else 0]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swmd", default=find_swmd())
    parser.add_argument("--ranks", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    options.swmd = str(Path(options.swmd).resolve())

    lines = ["| crystal | quantity | swmd | ASE | relative difference | |", "|---|---|---|---|---|---|"]
    failed = False
    for name, atoms in CRYSTALS.items():
        calculator = SWMD(POTENTIAL, species=SPECIES, swmd=options.swmd)
        expected = {**of_ase(atoms, calculator), **curve_of_ase(atoms, calculator)}
        calculator.close()
        with tempfile.TemporaryDirectory() as folder:
            found = of_swmd(options, atoms, Path(folder))
            facts, sound = phonons(options, atoms, Path(folder))
        for quantity, value in found.items():
            difference = abs(value / expected[quantity] - 1)
            ok = difference < TOLERANCE
            failed |= not ok
            lines.append(f"| {name} | {quantity} | {value:.6f} | {expected[quantity]:.6f} | {difference:.1e} | "
                         f"{'agrees' if ok else 'DIFFERS'} |")
        for quantity, value in sound.items():
            difference = abs(value / found[quantity] - 1)
            ok = difference < SOUND_TOLERANCE
            failed |= not ok
            lines.append(f"| {name} | {quantity} against the speed of sound | {found[quantity]:.6f} | {value:.6f} | "
                         f"{difference:.1e} | {'agrees' if ok else 'DIFFERS'} |")
        gamma, lowest = facts["frequencies at Γ, no sum rule (THz)"], facts["lowest frequency (THz)"]
        ok = min(gamma) > -ACOUSTIC_NOISE and sum(abs(f) < ACOUSTIC_NOISE for f in gamma) == 3
        failed |= not ok
        lines.append(f"| {name} | phonons at Γ (THz) | {' '.join(f'{f:.3f}' for f in gamma)} | | lowest anywhere {lowest:.3f} | "
                     f"{'three acoustic, none imaginary' if ok else 'WRONG'} |")
    text = "\n".join(lines)
    print(text)
    if options.write:
        path = TOOLS / "validate" / "results" / "lattice.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            f"# Lattice and elasticity against ASE\n\nBy `tools/validate/lattice.py` on {options.ranks} rank(s), potential "
            f"`potentials/li-s.almtp`, tolerance {TOLERANCE:g} ({SOUND_TOLERANCE:g} for sound). What is compared is the program, not the potential: its "
            "constants are no better than [its card](../../../potentials/li-s.md) says.\n\n" + text + "\n", encoding="utf-8")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
