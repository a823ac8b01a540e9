"""What the conformance checks share: swmd run on some ranks, and which reference cases are there."""
import json
import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


def run(swmd, ranks, *words):
    """What a command prints; its failure is an error."""
    command = ([str(HERE / "mpirun"), "-np", str(ranks)] if ranks > 1 else []) + [str(swmd), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}\nexit status {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def analyze(swmd, ranks, kind, *words):
    """The JSON of an analysis."""
    return json.loads(run(swmd, ranks, "analyze", kind, *words, "--json"))


def present(folder, names):
    """The cases of trajectories that are in the folder."""
    return [name for name in names if (folder / "traj" / f"{name}.json").exists()]
