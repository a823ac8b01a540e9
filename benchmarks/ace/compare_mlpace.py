#!/usr/bin/env python3
"""The same crystals in our kernel and in ML-PACE's evaluators, in turns on one core.

    python3 benchmarks/ace/compare_mlpace.py KERNEL DRIVER FOLDER [--runs 5]

KERNEL is ace-kernel-benchmark, DRIVER was built from mlpace_driver.cpp, whose head says how; FOLDER holds the potentials
and their .asi. Energies and largest grades must agree, except that ML-PACE's recursive evaluator is wrong where elements
differ in their number of densities. Times: thread time in us an atom, the least of all runs; ratios: the median over the
rounds, in each of which both programs run right after each other.
"""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import tempfile

CASES = [
    ("Cu-PBE-core-rep.ace", None, ["--lattice", "fcc", "--constant", "3.615", "--cells", "6"]),
    ("LiPS_A.yaml", "LiPS_A.asi", ["--lattice", "sc", "--constant", "2.8", "--cells", "9"]),
    ("LiPS_B.yaml", "LiPS_B.asi", ["--lattice", "sc", "--constant", "2.9", "--cells", "9"]),
    ("Si_ZBL.yaml", "Si_ZBL.asi", ["--lattice", "diamond", "--constant", "5.43", "--cells", "4"]),
]


def output(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True,
                          env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}).stdout


def number(pattern, text):
    found = re.search(pattern + r"\s*(-?[0-9.]+(?:e[-+]?[0-9]+)?)", text)
    return float(found.group(1)) if found else None


def measure(arguments, name, active_set, lattice, crystal):
    potential = arguments.folder / name
    grades = ["--active-set", arguments.folder / active_set] if active_set else []
    output(arguments.kernel, potential, *lattice, "--write", crystal)
    ours = output(arguments.kernel, potential, *lattice, *grades, "--turns", 2)
    theirs = output(arguments.driver, potential, crystal, 4, *([arguments.folder / active_set] if active_set else []))
    return {
        "swmd": number("without grades: least", ours), "swmd, grades": number("at every step:  least", ours),
        "recursive": number("recursive: least", theirs), "B": number("B basis: least", theirs),
        "B, grades": number("B basis with grades: least", theirs),
        "neighbors": number(r"atoms,", ours), "energy": number("energy", ours), "grade": number("largest grade", ours),
        "their energy": number(r"B basis: .*energy" if active_set else "recursive: .*energy", theirs),
        "their grade": number("largest grade", theirs),
    }


def summary(name, rounds):
    least = {key: min(r[key] for r in rounds) for key in rounds[0] if rounds[0][key] is not None}
    ratio = lambda a, b: f"{statistics.median(r[a] / r[b] for r in rounds):.1f}" if a in least and b in least else ""
    time = lambda key: f"{least[key]:.2f}" if key in least else ""
    first = rounds[0]
    agreement = abs(first["energy"] - first["their energy"]) / abs(first["energy"])
    grade = abs(first["grade"] / first["their grade"] - 1) if first["grade"] else None
    cells = [name, f"{first['neighbors']:.0f}", time("swmd"), time("recursive"), ratio("recursive", "swmd"),
             time("swmd, grades"), time("B, grades"), ratio("B, grades", "swmd, grades"), ratio("B", "swmd"),
             f"{agreement:.0e}", "" if grade is None else f"{grade:.0e}"]
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kernel", type=pathlib.Path)
    parser.add_argument("driver", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=5, help="rounds")
    arguments = parser.parse_args()
    arguments.kernel, arguments.driver = arguments.kernel.resolve(), arguments.driver.resolve()
    print("| potential | neighbors | swmd | ML-PACE recursive | ratio | swmd, grades | ML-PACE B, grades | ratio | "
          "B over swmd, both without | energy differs | grade differs |")
    print("|" + "---|" * 11)
    with tempfile.TemporaryDirectory() as scratch:
        for name, active_set, lattice in CASES:
            if not (arguments.folder / name).exists():
                continue
            crystal = pathlib.Path(scratch) / "crystal.txt"
            rounds = [measure(arguments, name, active_set, lattice, crystal) for _ in range(arguments.runs)]
            print(summary(name, rounds), flush=True)


if __name__ == "__main__":
    main()
