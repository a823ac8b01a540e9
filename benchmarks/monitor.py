#!/usr/bin/env python3
"""What it costs to watch a run: steps with extrapolation grades at every step, at every 10th, and without, interleaved.

    benchmarks/monitor.py [--species 1 2] [--every 1 10] [--atoms 4000] [--repeats 5] [--ace POTENTIAL --active-set FILE.asi]

Moment tensor potentials of one level (random coefficients) with one and with two species, on rattled fcc copper with 43 neighbors
inside 5 Å (every second atom renamed to the second species). Their active sets are chosen by `swmd activeset` from packings of
eight random atoms. With --ace, also an atomic cluster expansion with its active set, on a rattled simple cubic crystal whose atoms
take the potential's elements in turn. The monitor watches everything, writes its history, keeps the last good state for a restart,
and never stops the run. Times are processor seconds of whole steps on one rank, on more ranks wall seconds, and the overhead is
the median of the ratios of runs next to each other.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
from ase import Atoms
from ase.build import bulk
from ase.io import write

import common
import make_potential

ELEMENTS = ("Cu", "Au")


def crystal(atoms, species):
    edge = max(2, round((atoms / 4) ** (1 / 3)))
    made = bulk("Cu", cubic=True, a=3.615).repeat((edge, edge, edge))
    made.rattle(0.05, seed=1)
    made.symbols[:] = [ELEMENTS[i % species] for i in range(len(made))]
    return made


def packing(random, species):
    """Eight random atoms in a triclinic cell, none closer than 2 Å to another or its own image."""
    while True:
        edge = random.uniform(4.2, 6.5)
        cell = edge * (np.eye(3) + random.uniform(-0.15, 0.15, (3, 3)))
        fractions = []
        for _ in range(2000):
            trial = random.random(3)
            shifts = np.array([d - np.round(d) for d in (trial - f for f in fractions)]).reshape(-1, 3)
            if len(shifts) == 0 or np.linalg.norm(shifts @ cell, axis=1).min() > 2.0:
                fractions.append(trial)
            if len(fractions) == 8:
                symbols = [ELEMENTS[k] for k in random.integers(species, size=8)]
                return Atoms(symbols, scaled_positions=fractions, cell=cell, pbc=True)


def with_active_set(arguments, folder, species):
    """A potential of the level whose active set `swmd activeset` chose."""
    bare, graded = folder / f"bare{species}.mtp", folder / f"level{species}.almtp"
    bare.write_text(make_potential.text(arguments.level, species=species, seed=1, low=2.0, high=5.0, size=8))
    random = np.random.default_rng(species)
    frames = [packing(random, species) for _ in range(arguments.frames)]
    training = folder / f"training{species}.extxyz"
    write(training, frames, columns=["symbols", "positions"], format="extxyz", plain=False)
    command = [str(arguments.swmd), "activeset", "--potential", str(bare), "--species",
               ",".join(ELEMENTS[:species]), "--training", str(training), "--output", str(graded)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"swmd activeset failed: {done.stderr}")
    return graded


def moment_tensor_case(arguments, folder, species):
    """An input without its monitor as a function of the number of steps, and what to call it."""
    potential = with_active_set(arguments, folder, species)
    atoms = crystal(arguments.atoms, species)
    structure = f"crystal{species}.extxyz"
    write(folder / structure, atoms, columns=["symbols", "positions"], format="extxyz", plain=False)
    return {
        "facts": {"family": "MTP", "species": species, "level": arguments.level}, "atoms": len(atoms),
        "text": lambda steps: common.md_input(structure, potential, ELEMENTS[:species], steps, timestep=1)}


def cluster_case(arguments, folder):
    elements = elements_of(arguments.ace)
    edge = max(2, round(arguments.atoms ** (1 / 3)))
    atoms = bulk("Cu", "sc", a=arguments.ace_constant).repeat((edge, edge, edge))
    atoms.rattle(0.05, seed=1)
    atoms.symbols[:] = [elements[i % len(elements)] for i in range(len(atoms))]
    write(folder / "cubic.extxyz", atoms, columns=["symbols", "positions"], format="extxyz", plain=False)
    # The file names its elements; the active set stands beside it.
    line = f'active_set = "{arguments.active_set.resolve()}"'
    return {
        "facts": {"family": "ACE", "species": len(elements), "potential": arguments.ace.stem}, "atoms": len(atoms),
        "text": lambda steps: re.sub(
            r"species = .*", line, common.md_input("cubic.extxyz", arguments.ace.resolve(), elements, steps, timestep=0.5))}


def elements_of(potential):
    """The blocks of single elements in a .yaml file, or the list behind `elements` in a .yace file."""
    text = potential.read_text()
    blocks = re.findall(r"speciesblock\W+([A-Z][a-z]?)\s*$", text, re.MULTILINE)
    return blocks or re.findall(r"[A-Z][a-z]?", re.search(r"elements\W*\[([^\]]*)\]", text).group(1))


def monitored(text, every):
    """`every`: steps between grades, 0: never."""
    monitor = (f"[monitor.extrapolation]\nevery = {every}\nselect = 1e100\nbreak = 1e101\n" if every else "")
    return lambda steps: text(steps).replace("[output]", monitor + "[output]")


def measure(arguments, folder, case):
    contestants = [0, *arguments.every]
    runs = {every: [] for every in contestants}
    for _ in range(arguments.repeats):
        for every in contestants:
            runs[every].append(common.measure(
                arguments.swmd, monitored(case["text"], every), folder, arguments.ranks, arguments.steps,
                arguments.patience))
    clock = "processor" if arguments.ranks == 1 else "wall"
    times = {every: [run[clock] for run in those] for every, those in runs.items()}
    kernels = {every: [run["phases"]["kernel"] for run in those] for every, those in runs.items()}
    entry = {**case["facts"], "atoms": case["atoms"], "ranks": arguments.ranks,
             "neighbors per atom": runs[0][0]["neighbors per atom"],
             "microseconds per atom-step": {name(every): common.summary(values) for every, values in times.items()},
             "overhead of the step, %": {}, "overhead of the force evaluation, %": {}}
    for every in arguments.every:
        entry["overhead of the step, %"][name(every)] = round(
            100 * (common.median_ratio(times[every], times[0]) - 1), 1)
        entry["overhead of the force evaluation, %"][name(every)] = round(
            100 * (common.median_ratio(kernels[every], kernels[0]) - 1), 1)
    return entry


def name(every):
    return f"every {every}" if every else "off"


def report(entry):
    times = entry["microseconds per atom-step"]
    which = f"level {entry['level']}" if entry["family"] == "MTP" else entry["potential"]
    print(f"{entry['family']} {which}, {entry['species']} species, {entry['atoms']} atoms: "
          + ", ".join(f"{key} {values['median']:.3f}" for key, values in times.items()) + " us; overhead of the step "
          + ", ".join(f"{key} {value} %" for key, value in entry["overhead of the step, %"].items())
          + "; of the forces " + ", ".join(f"{key} {value} %" for key, value in
                                            entry["overhead of the force evaluation, %"].items()), flush=True)


def main():
    parser = common.parser(__doc__)
    parser.add_argument("--species", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--level", type=int, default=16)
    parser.add_argument("--every", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--atoms", type=int, default=4000)
    parser.add_argument("--frames", type=int, default=400, help="packings to choose the active set from")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--ranks", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--ace", type=pathlib.Path, help="an atomic cluster expansion (.yace or .yaml) to measure, too")
    parser.add_argument("--active-set", type=pathlib.Path, help="its .asi file")
    parser.add_argument("--ace-constant", type=float, default=2.9, help="lattice constant of its crystal, Å")
    arguments = parser.parse_args()
    if arguments.ace and not arguments.active_set:
        parser.error("--ace needs --active-set")
    entries = []
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        folder = pathlib.Path(scratch)
        cases = [moment_tensor_case(arguments, folder, species) for species in arguments.species]
        if arguments.ace:
            cases.append(cluster_case(arguments, folder))
        for case in cases:
            entries.append(measure(arguments, folder, case))
            report(entries[-1])
    common.write_results(arguments, "monitor", {"results": entries})


if __name__ == "__main__":
    main()
