#!/usr/bin/env python3
"""LAMMPS's side of conserved.py: a crystal of argon in one ensemble; prints one line of JSON.

    lammps_conserved.py ENSEMBLE STEPS
"""
import json
import sys
import tempfile

from lammps import lammps

CRYSTAL = """
units metal
atom_style atomic
lattice fcc 5.448
region box block 0 4 0 4 0 4
create_box 1 box
create_atoms 1 box
mass 1 39.948
pair_style lj/smooth/linear 8.5125
pair_coeff 1 1 0.0104 3.405
neighbor 1.5 bin
timestep 0.004
velocity all create 100 17 mom yes rot no
"""
NPT = "fix ensemble all npt temp 50 50 0.4 {} 0 0 2.0"
ENSEMBLES = {
    "nve": "fix ensemble all nve",
    "nvt nose-hoover": "fix ensemble all nvt temp 50 50 0.4",
    "nvt langevin": "fix ensemble all nve\nfix bath all langevin 50 50 0.4 29 tally yes",
    "nvt bussi": "fix ensemble all nve\nfix bath all temp/csvr 50 50 0.4 29",
    "npt isotropic": NPT.format("iso"),
    "npt isotropic, no chain on the barostat": NPT.format("iso") + " pchain 0",
    "npt anisotropic": NPT.format("aniso"),
    "npt triclinic": "change_box all triclinic\n" + NPT.format("tri"),
}


def main():
    ensemble, steps = sys.argv[1], int(sys.argv[2])
    with tempfile.NamedTemporaryFile() as log:
        run = lammps(cmdargs=["-log", log.name, "-screen", "none"])
        run.commands_string(CRYSTAL + ENSEMBLES[ensemble])
        run.commands_string("thermo_style custom step temp econserve\nthermo_modify format float %.15g\nrun 5000\nthermo 10")
        run.command(f"run {steps}")
        text = open(log.name).read().split("Step")[-1].split("Loop time")[0]
    rows = [[float(x) for x in line.split()] for line in text.splitlines()[1:]]
    print(json.dumps({"version": run.version(), "time": [row[0] * 4e-6 for row in rows],
                      "temperature": [row[1] for row in rows], "energy": [row[2] / run.get_natoms() for row in rows]}))


if __name__ == "__main__":
    main()
