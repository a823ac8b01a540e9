#!/usr/bin/env python3
"""Check that a trajectory does not depend on the number of ranks, whatever drives it.

    tools/validate/ranks.py [--ranks 1,2,4,7] [--steps 100] [--write results/ranks.md]

Argon, and the interface of Li and Li2S under the potential that ships: each under several thermostats and barostats, also
on groups. The unwrapped positions of the first steps may differ from those on the first number of ranks by 1e-8 Å, and cell
edges by as much. Exit status 1 if they differ by more.
"""
import argparse
import datetime
import pathlib
import sys
import tempfile

import numpy as np

import argon

TOLERANCE = 1e-8  # Å

ENSEMBLES = {
    "Langevin NPT, isotropic": """ensemble = "npt"
temperature = {temperature}
thermostat = {{ kind = "langevin", time = "100 fs", seed = 7 }}
barostat = {{ pressure = "1 kbar", time = "200 fs", seed = 8 }}""",
    "Langevin NPT, triclinic": """ensemble = "npt"
temperature = {temperature}
thermostat = {{ kind = "langevin", time = "100 fs", seed = 7 }}
barostat = {{ pressure = "1 kbar", time = "200 fs", coupling = "triclinic", seed = 8 }}""",
    "Nosé–Hoover NPT, triclinic": """ensemble = "npt"
temperature = {temperature}
thermostat = {{ time = "100 fs" }}
barostat = {{ pressure = "1 kbar", time = "200 fs", coupling = "triclinic" }}""",
    "Bussi NVT, two groups": """ensemble = "nvt"
temperature = {temperature}
thermostat = [{{ kind = "bussi", time = "100 fs", seed = 7, group = "one" }},
              {{ kind = "bussi", time = "100 fs", seed = 8, group = "other" }}]""",
}

OUTPUT = """
[output]
directory = "run"
log = {{ every = {every} }}
trajectory = {{ file = "trajectory.extxyz", every = {every} }}
checkpoint = {{ every = 1_000_000_000 }}
[[stage]]
kind = "md"
steps = {steps}
timestep = {timestep}
"""


def argon_input(folder, every, steps):
    argon.write_crystal(folder / "start.extxyz", 5, 5.6)
    return f"""
[system]
structure = "start.extxyz"
velocities = {{ temperature = 240, seed = 3 }}
{argon.POTENTIAL}
[[group]]
name = "one"
ids = "1:200"
[[group]]
name = "other"
not = ["one"]
""" + OUTPUT.format(every=every, steps=steps, timestep=4.0), 120


def interface_input(folder, every, steps):
    return f"""
[system]
structure = "{argon.ROOT}/inputs/li-li2s/li-li2s.extxyz"
velocities = {{ temperature = 600, seed = 3 }}
[[potential]]
file = "{argon.ROOT}/potentials/li-s.almtp"
species = ["Li", "S"]
[[potential]]
kind = "zbl"
inner = 1.6
outer = 2.4
[[group]]
name = "one"
species = ["Li"]
[[group]]
name = "other"
species = ["S"]
""" + OUTPUT.format(every=every, steps=steps, timestep=0.5), 300


SYSTEMS = {"Ar, 500 atoms, 4 fs": argon_input, "Li \\| Li2S, 882 atoms, 0.5 fs": interface_input}


def read_frames(path):
    """[frames][3 + atoms][3]: cell vectors, then unwrapped positions."""
    lines, frames, at = path.read_text().splitlines(), [], 0
    while at < len(lines):
        count = int(lines[at])
        lattice = lines[at + 1].split('Lattice="')[1].split('"')[0].split()
        rows = [lattice[k:k + 3] for k in (0, 3, 6)] + [line.split()[1:4] for line in lines[at + 2:at + 2 + count]]
        frames.append(np.array(rows, float))
        at += count + 2
    return np.array(frames)


def largest_differences(swmd, scratch, system, ensemble, ranks, steps):
    """[(Å of positions, Å of cell vectors)] from the first number of ranks, for the others."""
    found = []
    for count in ranks:
        folder = pathlib.Path(scratch) / f"{len(list(pathlib.Path(scratch).iterdir()))}"
        folder.mkdir()
        text, temperature = SYSTEMS[system](folder, max(1, steps // 10), steps)
        argon.run(swmd, folder, text + ENSEMBLES[ensemble].format(temperature=temperature), count)
        found.append(read_frames(folder / "run/trajectory.extxyz"))
    if any(frames.shape != found[0].shape for frames in found):
        raise RuntimeError(f"{system}, {ensemble}: trajectories of different length")
    difference = [np.abs(frames - found[0]) for frames in found[1:]]
    return [(d[:, 3:].max(), d[:, :3].max()) for d in difference]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swmd", type=pathlib.Path, default=argon.ROOT / ".build/release/swmd")
    parser.add_argument("--ranks", type=lambda text: [int(n) for n in text.split(",")], default=[1, 2, 4, 7])
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--write", type=pathlib.Path, help="Markdown file of the results")
    arguments = parser.parse_args()
    rows, worst = [], 0.0
    for system in SYSTEMS:
        for ensemble in ENSEMBLES:
            with tempfile.TemporaryDirectory() as scratch:
                found = largest_differences(
                    arguments.swmd, scratch, system, ensemble, arguments.ranks, arguments.steps)
            worst = max([worst, *(max(pair) for pair in found)])
            cells = [f"{position:.1e} / {cell:.1e}" for position, cell in found]
            rows.append("| " + " | ".join([system, ensemble, *cells]) + " |")
            print(rows[-1], flush=True)
    print(f"largest difference {worst:.1e} Å, allowed {TOLERANCE:.0e} Å")
    if arguments.write:
        version = argon.version(arguments.swmd)
        header = ["system", "ensemble", *(f"{count} ranks" for count in arguments.ranks[1:])]
        arguments.write.write_text(f"""# Trajectories and the number of ranks

`tools/validate/ranks.py --ranks {','.join(map(str, arguments.ranks))} --steps {arguments.steps}`; {version},
{datetime.date.today().isoformat()}. Largest difference from one rank's trajectory: unwrapped positions / cell vectors, Å.
Largest of all {worst:.1e}, allowed {TOLERANCE:.0e}.

| {' | '.join(header)} |
|{'---|' * len(header)}
""" + "\n".join(rows) + "\n")
    return 0 if worst < TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
