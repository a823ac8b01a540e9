"""What the benchmarks share: running swmd, describing the machine, interleaving, and writing results.

Nothing here names a host or a path: results are meant to be read elsewhere.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE / "mtp"))
import make_potential  # noqa: E402  (the moment tensor benchmarks' potential maker, in its own folder)

INSTRUCTION_SETS = ("sse4_2", "avx", "avx2", "fma", "avx512f", "asimd", "sve")


def parser(doc):
    """An argument parser with what every benchmark understands."""
    made = argparse.ArgumentParser(description=doc.strip().splitlines()[0],
                                   formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    made.add_argument("--swmd", type=pathlib.Path, default=ROOT / ".build/release/swmd", help="the program")
    made.add_argument("--output", type=pathlib.Path, help="JSON file of the results; left out, results/NAME.json")
    made.add_argument("--log-every", type=int,
                      help="steps between lines of the log; 1: energies and virial in every step; left out, the ends")
    made.add_argument("--patience", type=float, default=0,
                      help="seconds to wait for a quiet machine before each run on several ranks")
    made.add_argument("--scratch", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()),
                      help="folder for the runs, which are deleted")
    return made


def potential_text(level):
    """A one-species moment tensor potential with random coefficients, cutoff 5 Å, eight radial basis functions."""
    return make_potential.text(level, species=1, seed=1, low=2.0, high=5.0, size=8)


def processor():
    model, flags = platform.machine(), []
    try:
        for line in open("/proc/cpuinfo"):
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                model = value.strip()
            elif key.strip() in ("flags", "Features"):
                flags = value.split()
    except OSError:
        pass
    return model, [name for name in INSTRUCTION_SETS if name in flags]


def machine():
    model, sets = processor()
    return {"processor": model, "cores": os.cpu_count(), "instruction sets": sets,
            "load average at the end": round(os.getloadavg()[0], 2)}


def program_version(swmd):
    text = subprocess.run([swmd, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return {"swmd": text, "commit": commit.stdout.strip()}


def busy_seconds():
    """Core seconds that all processes together have used, where the system tells."""
    try:
        fields = [int(word) for word in open("/proc/stat").readline().split()[1:]]
    except OSError:
        return 0.0
    return (sum(fields[:8]) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def wait_for_quiet(patience):
    """Returns when others use less than a twentieth of a core, after `patience` seconds in any case."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        before = busy_seconds()
        time.sleep(0.5)
        if busy_seconds() - before < 0.025:
            return


def md_input(structure, potential, species, steps, *, replicate=(1, 1, 1), temperature=300, timestep=0.5,
             precision="double", log_every=None):
    """A run at constant energy under a potential file, which writes no more than it must."""
    names = ", ".join(f'"{name}"' for name in species)
    return f"""
[system]
structure = "{structure}"
replicate = {list(replicate)}
velocities = {{ temperature = {temperature}, seed = 1 }}
[potential]
file = "{potential}"
species = [{names}]
precision = "{precision}"
[output]
directory = "run"
log = {{ every = {log_every or steps} }}
checkpoint = {{ every = 1_000_000_000 }}
[[stage]]
kind = "md"
timestep = {timestep}
steps = {steps}
"""


def mpi_command(ranks):
    """On a machine that others use too, a rank bound to a core waits for it while another is free, and one that spins
    takes the other's turn; what is done here against that costs little on a quiet machine."""
    shared = ["--bind-to", "none", "--mca", "mpi_yield_when_idle", "1"]
    return [str(ROOT / "tools/mpirun"), *shared, "-np", str(ranks)] if ranks > 1 else []


def run_swmd(swmd, input_text, folder, ranks, patience=0):
    """Runs an input in `folder` (its output directory must be 'run').

    Its performance.json, with the processor seconds of all ranks, setting up included, and how many cores others used.
    """
    if ranks > 1:
        wait_for_quiet(patience)
    folder = pathlib.Path(folder)
    (folder / "input.toml").write_text(input_text)
    command = mpi_command(ranks) + [str(swmd), "run", str(folder / "input.toml"), "--overwrite"]
    with open(folder / "terminal.txt", "w+") as terminal:
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        busy, start = busy_seconds(), time.monotonic()
        process = subprocess.Popen(command, stdout=terminal, stderr=terminal, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            terminal.seek(0)
            sys.exit(f"swmd on {ranks} ranks: exit status {process.returncode}\n{terminal.read()[-3000:]}")
    performance = json.loads((folder / "run/performance.json").read_text())
    own = usage.ru_utime + usage.ru_stime
    others = (busy_seconds() - busy - own) / (time.monotonic() - start)
    return {**performance, "processorSeconds": own, "coresUsedByOthers": max(0.0, round(others, 2))}


def measure(swmd, text_of_steps, folder, ranks, steps, patience=0):
    """Microseconds per atom-step of swmd: a run of steps + 1 less one of 1 step, which sets up and writes the same.

    `wall`: of the clock; `processor`: of all ranks, for one rank what a busy machine disturbs least; `phases`: of the
    clock, mean over ranks.
    """
    short, long = (run_swmd(swmd, text_of_steps(n), folder, ranks, patience) for n in (1, steps + 1))
    scale = 1e6 / (steps * long["atoms"])
    return {
        "wall": scale * (long["seconds"] - short["seconds"]),
        "processor": scale * (long["processorSeconds"] - short["processorSeconds"]),
        "phases": {name: round(scale * (seconds - short["secondsByPhase"][name]), 5)
                   for name, seconds in long["secondsByPhase"].items()},
        "cores used by others": long["coresUsedByOthers"],
        "lists per step": (long["neighborListRebuilds"] - short["neighborListRebuilds"]) / steps,
        "neighbors per atom": round(long["neighborsPerAtom"], 2), "ghosts per atom": round(long["ghostsPerAtom"], 3)}


def best_time(measured, ranks):
    """Processor time on one rank, wall time on more."""
    return measured["processor" if ranks == 1 else "wall"]


def shares(phases):
    """Each phase's share of the time without output."""
    engine = {name: t for name, t in phases.items() if name != "output"}
    return {name: round(t / sum(engine.values()), 4) for name, t in engine.items()}


def summary(values):
    return {"least": round(min(values), 5), "median": round(statistics.median(values), 5), "runs": len(values)}


def median_ratio(numerators, denominators):
    """Median of the ratios of runs that stood next to each other: what slows both down cancels."""
    return round(statistics.median(a / b for a, b in zip(numerators, denominators)), 3)


def write_results(arguments, name, results, versions=None):
    """Writes results with what is needed to judge and repeat them; prints where."""
    command = [pathlib.Path(sys.argv[0]).name]
    skip = False
    for word in sys.argv[1:]:
        # Paths of this machine do not matter to a reader.
        hidden = word in ("--swmd", "--scratch", "--output", "--lammps-python", "--mpiexec", "--ace", "--active-set")
        if not skip and not hidden:
            command.append(word)
        skip = hidden
    document = {
        "benchmark": name, "command": " ".join(command), "date": datetime.date.today().isoformat(),
        "machine": machine(), "versions": {**program_version(arguments.swmd), **(versions or {})}, **results}
    path = arguments.output or HERE / "results" / f"{name}.json"
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    print(f"written: {path.name}")
