"""Trajectories in AMBER's NetCDF convention, as the benchmarks' programs all read them."""
import numpy as np
from scipy.io import netcdf_file

VARIABLES = [("time", "f4", ("frame",), "picosecond"), ("coordinates", "f4", ("frame", "atom", "spatial"), "angstrom"),
             ("cell_lengths", "f8", ("frame", "cell_spatial"), "angstrom"),
             ("cell_angles", "f8", ("frame", "cell_angular"), "degree")]


def write(path, blocks, atoms, cell, spacing):
    """Writes blocks of (frames, atoms, 3) positions, Å, one after another; cell: rows a, b, c, or three edges; spacing: ps."""
    cell = np.diag(cell) if np.ndim(cell) == 1 else np.asarray(cell)
    lengths = np.linalg.norm(cell, axis=1)
    angles = [np.degrees(np.arccos(cell[i] @ cell[j] / lengths[i] / lengths[j])) for i, j in [(1, 2), (0, 2), (0, 1)]]
    with netcdf_file(path, "w", version=2) as file:
        file.Conventions, file.ConventionVersion, file.program, file.programVersion = "AMBER", "1.0", "benchmark", "1"
        for name, size in [("frame", None), ("spatial", 3), ("atom", atoms), ("cell_spatial", 3), ("cell_angular", 3)]:
            file.createDimension(name, size)
        made = {}
        for name, kind, dimensions, unit in VARIABLES:
            made[name] = file.createVariable(name, kind, dimensions)
            made[name].units = unit
        done = 0
        for block in blocks:
            frames = slice(done, done + len(block))
            made["time"][frames] = np.arange(done, done + len(block)) * spacing
            made["coordinates"][frames] = np.asarray(block, dtype="f4")
            made["cell_lengths"][frames] = np.tile(lengths, (len(block), 1))
            made["cell_angles"][frames] = np.tile(angles, (len(block), 1))
            done += len(block)
