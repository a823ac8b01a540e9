"""Writes the NetCDF trajectories of other programs that NetCDFForeignTests reads.

ase.nc: ASE 3.29.0, netcdftrajectory, 2 frames of 3 atoms with momenta. mdanalysis.ncdf: MDAnalysis 2.11.0, NCDFWriter,
2 frames with velocities (stored with AMBER's scale factor 20.455) and forces. lammps-like.nc: netCDF4 1.7.5, not LAMMPS
itself: the variables of its dump netcdf (per-frame id in changing order, type, femtosecond, a scale factor on the time,
one non-periodic direction).
"""

import netCDF4
import numpy as np
import MDAnalysis
from ase import Atoms
from ase.io.netcdftrajectory import NetCDFTrajectory

positions = np.array([[0.0, 0.0, 0.0], [2.0, 0.25, 0.5], [1.0, 2.0, 3.0]])
velocities = np.array([[0.5, -0.25, 0.125], [0.0, 1.0, 2.0], [-1.0, 0.0, 0.25]])  # Å/ps
cell = [8.0, 9.0, 10.0, 90.0, 90.0, 60.0]

atoms = Atoms("LiFS", positions=positions, cell=cell, pbc=True)
with NetCDFTrajectory("ase.nc", "w") as trajectory:
    for frame in range(2):
        atoms.positions[:, 0] = positions[:, 0] + 0.5 * frame
        atoms.set_velocities(velocities)  # ASE's unit: Å √(eV/amu)/Å
        trajectory.write(atoms, time=0.25 * frame)

universe = MDAnalysis.Universe.empty(3, trajectory=True, velocities=True, forces=True)
options = {"velocities": True, "forces": True, "scale_velocities": 20.455}
with MDAnalysis.coordinates.TRJ.NCDFWriter("mdanalysis.ncdf", 3, **options) as writer:
    for frame in range(2):
        step = universe.trajectory.ts
        step.positions = positions + [0.5 * frame, 0, 0]
        step.velocities = velocities
        step.forces = velocities * 4.184  # kJ/mol/Å: 1 kcal/mol/Å times the numbers above
        step.dimensions = cell
        step.time = 0.25 * frame
        step.frame = frame
        writer.write(universe)

with netCDF4.Dataset("lammps-like.nc", "w", format="NETCDF3_64BIT_OFFSET") as file:
    file.setncatts({"program": "LAMMPS", "programVersion": "0", "Conventions": "AMBER", "ConventionVersion": "1.0"})
    for name, length in (("frame", None), ("spatial", 3), ("atom", 3), ("cell_spatial", 3), ("cell_angular", 3)):
        file.createDimension(name, length)
    time = file.createVariable("time", "f8", ("frame",))
    time.setncatts({"units": "femtosecond", "scale_factor": 0.5})
    for name, kind, dimensions in (
        ("cell_origin", "f8", ("frame", "cell_spatial")), ("cell_lengths", "f8", ("frame", "cell_spatial")),
        ("cell_angles", "f8", ("frame", "cell_angular")), ("id", "i4", ("frame", "atom")),
        ("type", "i4", ("frame", "atom")),
        ("coordinates", "f4", ("frame", "atom", "spatial")), ("velocities", "f4", ("frame", "atom", "spatial")),
    ):
        file.createVariable(name, kind, dimensions)
    for name in ("cell_lengths", "coordinates"):
        file[name].units = "Angstrom"
    file["velocities"].units = "Angstrom/femtosecond"
    for frame, order in enumerate(([0, 1, 2], [2, 0, 1])):
        file["time"][frame] = 250.0 * frame
        file["cell_origin"][frame] = 0
        file["cell_lengths"][frame] = [8.0, 9.0, 0.0]
        file["cell_angles"][frame] = [90.0, 90.0, 60.0]
        file["id"][frame] = np.array([1, 5, 9])[order]
        file["type"][frame] = np.array([1, 2, 1])[order]
        file["coordinates"][frame] = positions[order] + [0.5 * frame, 0, 0]
        file["velocities"][frame] = velocities[order] / 1000
