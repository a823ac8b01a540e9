#!/usr/bin/env python3
"""What [[analysis]] finds during a run is what swmd analyze finds in the run's trajectory, on any number of ranks.

    tools/validate/in_situ.py [--swmd PATH] [--ranks 1 2 3] [--steps 400]

A short run of inputs/quickstart's interface writes every 5th step as extended XYZ, which keeps every bit, and analyzes the same
frames as it goes. Counts must be equal, means and errors to 1e-10. Exit status 1 if they are not.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
EVERY, BLOCK = 5, 8
# The table in the input, and the options of the command.
ANALYSES = {
    "rdf": ('pairs = ["Li-S", "S-S"]\nrmax = 7.5\nbins = 120\ncutoff = "3.1 Å"\n',
            ["--pair", "Li-S", "--pair", "S-S", "--rmax", "7.5", "--bins", "120", "--cutoff", "3.1"]),
    "coordination": ('pairs = ["Li-S:3.0", "Li-Li:3.5"]\naxis = "c"\nbins = 6\n',
                     ["--pair", "Li-S:3.0", "--pair", "Li-Li:3.5", "--axis", "z", "--zbins", "6", "--block", str(BLOCK)]),
    "profile": ("bins = 30\ncharges = { Li = 1, S = -2 }\n", ["--bins", "30", "--charges", "Li=1,S=-2", "--block", str(BLOCK)]),
}
# Blocks of the radial distribution are so many on the command line and so long in the input.
UNEQUAL = {"trajectory", "parameters", "g_stderr", "coordination_stderr", "coordination_number_stderr"}


def launch(swmd, ranks, *words):
    command = ([str(ROOT / "tools/mpirun"), "-np", str(ranks)] if ranks > 1 else []) + [str(swmd), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    if done.returncode != 0:
        sys.exit(f"in situ: {' '.join(command)}\n{done.stdout}{done.stderr}")


def write_input(folder, steps):
    tables = "".join(f'[[analysis]]\nkind = "{kind}"\nevery = {EVERY}\nblock = {BLOCK}\nstages = ["move"]\n{keys}'
                     for kind, (keys, _) in ANALYSES.items())
    (folder / "input.toml").write_text(f"""[system]
structure = "{ROOT}/inputs/quickstart/li-li2s.extxyz"
velocities = {{ temperature = "1200 K", seed = 42 }}
[potential]
file = "{ROOT}/potentials/li-s.almtp"
species = ["Li", "S"]
[output]
trajectory = {{ file = "t.extxyz", every = {EVERY} }}
checkpoint = {{ every = 70 }}
{tables}[[stage]]
name = "move"
kind = "md"
timestep = "0.5 fs"
steps = {steps}
""")


def differences(a, b, path=""):
    """Places where two results differ."""
    if isinstance(a, dict) and isinstance(b, dict):
        keys = (a.keys() | b.keys()) - UNEQUAL
        return [d for key in sorted(keys) for d in differences(a.get(key), b.get(key), f"{path}.{key}")]
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [d for k, pair in enumerate(zip(a, b)) for d in differences(*pair, f"{path}[{k}]")]
    if isinstance(a, float) or isinstance(b, float):
        if a is not None and b is not None and abs(a - b) <= 1e-10 * max(abs(a), abs(b), 1e-3):
            return []
    return [] if a == b else [f"{path}: {a!r} against {b!r}"[:200]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swmd", type=pathlib.Path, default=ROOT / ".build/release/swmd")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--steps", type=int, default=400)
    options = parser.parse_args()
    failed = 0
    for ranks in options.ranks:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            write_input(folder, options.steps)
            launch(options.swmd.resolve(), ranks, folder / "input.toml")
            for kind, (_, words) in ANALYSES.items():
                launch(options.swmd.resolve(), 1, "analyze", kind, folder / "run/t.extxyz", *words, "--output", folder / "after")
                during, after = (json.loads((folder / where / f"{kind}.json").read_text()) for where in ("run/analysis", "after"))
                wrong = differences(during, after)
                if during["trajectory"]["frames"] != options.steps // EVERY + 1:
                    wrong.append(f"{during['trajectory']['frames']} frames were analyzed")
                failed += bool(wrong)
                print(f"{kind} on {ranks} rank{'s' if ranks > 1 else ''}: " + ("; ".join(wrong[:5]) or "the same"), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
