"""Reference values of atomic cluster expansions (format ace-reference-1), one JSON file a potential.

A file names its potential and active set, in the folder `potentials` beside it or, for third parties' files, in the folder
that the environment variable LAMMPS_POTENTIALS names, and has cases: cell, pbc, species, positions (Å), energy and atom_energies
(eV), forces (eV/Å), virial (eV) and, with an active set, gamma of every atom.

Tolerances: energy 1e-9 eV/atom, forces 1e-7 eV/Å, virial 1e-7 eV/atom, each or 1e-9 of the largest value where that is more
(dimers far inside the core have forces of 10^4 eV/Å); grades 1e-6 relative, since active sets are ill conditioned.
"""
import json
import os
import pathlib
import tempfile


def locate(folder, name):
    """The potential's path, or None."""
    for place in [folder / "potentials", pathlib.Path(os.environ.get("LAMMPS_POTENTIALS", folder))]:
        if (place / name).exists():
            return place / name
    return None


def references(folder, only=None):
    """Files whose potentials are at hand, and the names of the others."""
    files, missing = [], []
    for path in sorted(folder.glob("*.json")):
        if only and only not in path.name:
            continue
        data = json.loads(path.read_text())
        if data.get("format") == "ace-reference-1":
            (files if locate(folder, data["potential"]) else missing).append(path)
    return files, [path.stem for path in missing]


def write_frames(cases, path):
    """Extended XYZ with every digit."""
    with open(path, "w", encoding="utf-8") as file:
        for case in cases:
            pbc = " ".join("T" if p else "F" for p in case["pbc"])
            lattice = " ".join(repr(float(x)) for row in case["cell"] for x in row)
            cell = f'Lattice="{lattice}" ' if any(case["pbc"]) else ""
            file.write(f'{len(case["species"])}\n{cell}Properties=species:S:1:pos:R:3 pbc="{pbc}"\n')
            for symbol, r in zip(case["species"], case["positions"]):
                file.write(f"{symbol} {float(r[0])!r} {float(r[1])!r} {float(r[2])!r}\n")


def flat(values):
    return [x for value in values for x in flat(value)] if isinstance(values, list) else [values]


def difference(a, b):
    a, b = flat(a), flat(b)
    if len(a) != len(b):
        return float("inf")
    return max((abs(x - y) if x == x and y == y else float("inf") for x, y in zip(a, b)), default=0.0)


def largest(values):
    return max(map(abs, flat(values)), default=0.0)


def check(path, evaluate):
    """Yields (what, tolerance, error, case); `evaluate(potential, structures, active_set)` gives one result for each case."""
    data = json.loads(path.read_text())
    folder, cases = path.parent, data["cases"]
    active_set = data.get("active_set")
    with tempfile.TemporaryDirectory() as scratch:
        structures = pathlib.Path(scratch) / "cases.extxyz"
        write_frames(cases, structures)
        results = evaluate(
            locate(folder, data["potential"]), structures, folder / "potentials" / active_set if active_set else None)
    yield "frames", 0.5, abs(len(results) - len(cases)), path.stem
    for case, result in zip(cases, results):
        count, name = len(case["species"]), case["name"]
        yield "energy", max(1e-9 * count, 1e-12 * abs(case["energy"])), difference(case["energy"], result["energy"]), name
        yield ("energies", max(1e-9, 1e-12 * largest(case["atom_energies"])),
               difference(case["atom_energies"], result["energies"]), name)
        yield "forces", max(1e-7, 1e-9 * largest(case["forces"])), difference(case["forces"], result["forces"]), name
        yield "virial", max(1e-7 * count, 1e-9 * largest(case["virial"])), difference(case["virial"], result["virial"]), name
        if "gamma" in case:
            errors = [abs(a - b) / max(abs(b), 1e-12) for a, b in zip(result.get("grades", []), case["gamma"])]
            complete = len(errors) == count
            yield "grades", 1e-6, max(errors, default=0.0) if complete else float("inf"), name
