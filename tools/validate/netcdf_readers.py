#!/usr/bin/env python3
"""Show what other programs read from an AMBER NetCDF trajectory, and check that they agree.

    netcdf_readers.py FILE [--reference FILE.extxyz]

Reads every frame with netCDF4, SciPy, ASE and MDAnalysis (those that are installed; netCDF4 is needed) and compares
them: coordinates, cell, time, velocities, forces, elements. For a trajectory of swmd, which stores the cell in the
user's orientation too, the lattice that readers rebuild must be that cell, rotated; with --reference, fractional
coordinates and unwrapped distances are compared with those of the extxyz file's frames. Exit status 1 on a mismatch.
"""

import argparse
import sys
import warnings

import numpy as np

problems = []


def check(what, got, expected, tolerance):
    got, expected = np.asarray(got, float), np.asarray(expected, float)
    if got.shape != expected.shape:
        problems.append(f"{what}: shape {got.shape}, expected {expected.shape}")
        return
    deviation = float(np.max(np.abs(got - expected))) if got.size else 0.0
    if not deviation <= tolerance:
        problems.append(f"{what}: differs by {deviation:.3g} (allowed {tolerance:.3g})")


def rebuilt(frame):
    """The lattice from lengths and angles, with zero rows where a direction is not periodic."""
    from ase.geometry import cellpar_to_cell

    periodic = frame["cell_lengths"] > 0
    lattice = cellpar_to_cell(np.concatenate([np.where(periodic, frame["cell_lengths"], 1), frame["cell_angles"]]))
    return lattice * periodic[:, None]


def read_raw(path):
    """Frames as dictionaries of arrays, in the file's own units."""
    import netCDF4

    with netCDF4.Dataset(path) as file:
        names = [n for n, v in file.variables.items() if v.dimensions[0] == "frame"]
        fixed = {n: np.asarray(file[n][:]) for n in file.variables if n not in names}
        count = len(file.dimensions["frame"])
        frames = [{n: np.asarray(file[n][i]) for n in names} for i in range(count)]
    return fixed, frames


def elements(fixed):
    if "element" not in fixed:
        return None
    return [b"".join(row).decode().rstrip("\0 ") for row in fixed["element"]]


def check_scipy(path, frames):
    from scipy.io import netcdf_file

    with netcdf_file(path, mmap=False, maskandscale=True) as file:
        print(f"SciPy: version byte {file.version_byte}, variables {', '.join(file.variables)}")
        for name in ("coordinates", "time", "cell_lengths", "velocities", "forces"):
            if name in file.variables:
                check(f"SciPy {name}", file.variables[name][:], [f[name] for f in frames], 1e-6)


def check_ase(path, fixed, frames):
    from ase.io import read

    images = read(path, index=":", format="netcdftrajectory")
    print(f"ASE: {len(images)} frames, {images[0]}")
    check("ASE frames", len(images), len(frames), 0)
    for i, (atoms, frame) in enumerate(zip(images, frames)):
        check(f"ASE frame {i} positions", atoms.positions, frame["coordinates"], 1e-6)
        periodic = frame["cell_lengths"] > 0
        if atoms.pbc.tolist() != periodic.tolist():
            problems.append(f"ASE frame {i}: pbc {atoms.pbc}, expected {periodic}")
        check(f"ASE frame {i} cell", atoms.cell[periodic], rebuilt(frame)[periodic], 1e-9)
        if elements(fixed) and atoms.get_chemical_symbols() != elements(fixed):
            problems.append(f"ASE frame {i}: elements differ")
        if "forces" in frame:
            check(f"ASE frame {i} forces", atoms.arrays["forces"], frame["forces"], 0)


def check_mdanalysis(path, frames):
    from MDAnalysis.coordinates.TRJ import NCDFReader

    reader = NCDFReader(path)
    print(f"MDAnalysis: {reader.n_frames} frames, {reader.n_atoms} atoms, dt {reader.dt} ps")
    check("MDAnalysis frames", reader.n_frames, len(frames), 0)
    for step, frame in zip(reader, frames):
        name = f"MDAnalysis frame {step.frame}"
        check(f"{name} positions", step.positions, frame["coordinates"], 1e-6)
        check(f"{name} time", step.time, frame["time"], 1e-9)
        if np.all(frame["cell_lengths"] > 0):
            check(f"{name} cell", step.dimensions, np.concatenate([frame["cell_lengths"], frame["cell_angles"]]), 1e-4)
        if "velocities" in frame:
            check(f"{name} velocities", step.velocities, frame["velocities"], 1e-5)
        if "forces" in frame:  # MDAnalysis converts to kJ/mol/Å
            check(f"{name} forces", step.forces / 4.184, frame["forces"], 1e-3)


def check_lattice(frames):
    """The rebuilt lattice is the user's, rotated: the same metric tensor."""
    for i, frame in enumerate(frames):
        periodic = frame["cell_lengths"] > 0
        vectors = frame["cell_vectors"][periodic]
        lattice = rebuilt(frame)[periodic]
        check(f"frame {i} lattice", lattice @ lattice.T, vectors @ vectors.T, 1e-9 * np.max(vectors**2, initial=1))


def check_reference(reference, frames):
    from ase.io import read

    for i, (atoms, frame) in enumerate(zip(read(reference, index=":"), frames)):
        lattice = rebuilt(frame)
        check(f"frame {i} unwrapped distances", pairs(unwrapped(frame, lattice)), pairs(atoms.positions), 1e-4)
        if atoms.pbc.all():
            difference = frame["coordinates"] @ np.linalg.inv(lattice) - atoms.get_scaled_positions(wrap=False)
            check(f"frame {i} fractional coordinates", difference - np.round(difference), 0 * difference, 1e-6)
        if "velocities" in frame and "velocities" in atoms.arrays:
            speeds = np.linalg.norm(frame["velocities"], axis=1) / 1000
            check(f"frame {i} speeds", speeds, np.linalg.norm(atoms.arrays["velocities"], axis=1), 1e-7)


def unwrapped(frame, lattice):
    counts = frame.get("image_counts")
    return frame["coordinates"] + (0 if counts is None else counts @ lattice)


def pairs(positions):
    """Distances of all atoms from the first."""
    return np.linalg.norm(positions - positions[0], axis=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--reference", help="extxyz with the same frames")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")

    fixed, frames = read_raw(arguments.file)
    print(f"netCDF4: {len(frames)} frames, per frame {', '.join(frames[0])}, constant {', '.join(fixed)}")
    for i, frame in list(enumerate(frames))[:3]:
        print(f"  frame {i}: time {frame.get('time')} ps, step {frame.get('step')}, lengths {frame['cell_lengths']}, "
              f"angles {frame['cell_angles']}")
    for name, run in (("SciPy", lambda: check_scipy(arguments.file, frames)),
                      ("ASE", lambda: check_ase(arguments.file, fixed, frames)),
                      ("MDAnalysis", lambda: check_mdanalysis(arguments.file, frames))):
        try:
            run()
        except ModuleNotFoundError as error:
            print(f"{name}: not installed ({error.name})")
        except Exception as error:  # whatever a reader dislikes is what this script is to find out
            problems.append(f"{name} refuses the file: {error}")
    if "cell_vectors" in frames[0]:
        check_lattice(frames)
    if arguments.reference:
        check_reference(arguments.reference, frames)
    for problem in problems:
        print("MISMATCH:", problem)
    print("all readers agree" if not problems else f"{len(problems)} mismatches")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
