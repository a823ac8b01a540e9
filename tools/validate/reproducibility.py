#!/usr/bin/env python3
"""Check that runs repeat: over numbers of ranks, over runs, over kills, signals and a full disk.

    tools/validate/reproducibility.py [--steps 400] [--kills 10] [--only ranks,repeat,kill,signals,disk]

The system is inputs/quickstart's interface of Li and Li2S under the potential that ships. Exit status 1 if anything
differs.
'disk' mounts a small tmpfs and needs root; it says so and is left out otherwise.
"""
import argparse
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRAJECTORIES = ("trajectory.nc", "exact.extxyz")
COMPUTES = ("sulfur.csv", "profile.csv")
ANALYSES = ("analysis/rdf.json", "analysis/rdf.csv", "analysis/layers/coordination.json", "analysis/profile.json")


class Mismatch(Exception):
    """Two runs that should be equal are not, or a run did not end as it should."""


def stages(steps):
    """A minimization in which the cell relaxes, then each way to move atoms and cell for its share of the steps."""
    ensembles = (
        '''ensemble = "npt"
temperature = "600 K"
thermostat = { kind = "langevin", time = "100 fs", seed = 3 }
barostat = { pressure = ["0 bar", "2 kbar"], time = "300 fs", coupling = "triclinic" }''',
        '''ensemble = "npt"
temperature = ["600 K", "500 K"]
barostat = { pressure = "1 bar", time = "300 fs", coupling = "anisotropic" }''',
        '''ensemble = "nvt"
temperature = "600 K"
thermostat = [{ kind = "bussi", group = "sulfur" }, { kind = "nose-hoover" }]''',
        'ensemble = "nve"')
    share = steps // len(ensembles)
    counts = [steps - share * (len(ensembles) - 1)] + [share] * (len(ensembles) - 1)
    dynamics = "".join(
        f'''[[stage]]
kind = "md"
timestep = "0.5 fs"
steps = {count}
{ensemble}
''' for ensemble, count in zip(ensembles, counts) if count)
    return '''[[stage]]
kind = "minimize"
cell = "full"
force_tolerance = "0.5 eV/Å"
max_steps = 20
''' + dynamics


class Bench:
    """Runs of one small system in folders of their own."""

    def __init__(self, swmd, scratch, steps):
        self.swmd, self.scratch, self.steps = swmd, pathlib.Path(scratch), steps

    def folder(self, name, steps=None, trajectory_every=None, checkpoint_every=None, parent=None):
        """A new folder with an input in it; outputs go to its 'run'."""
        folder = (parent or self.scratch) / name
        folder.mkdir()
        steps = steps or self.steps
        every = trajectory_every or max(1, steps // 10)
        trajectories = ", ".join(f'{{ file = "{name}", every = {every}, velocities = true, forces = true }}'
                                 for name in TRAJECTORIES)
        (folder / "input.toml").write_text(f"""
[system]
structure = "{ROOT}/inputs/quickstart/li-li2s.extxyz"
velocities = {{ temperature = "600 K", seed = 42 }}
[potential]
file = "{ROOT}/potentials/li-s.almtp"
species = ["Li", "S"]
[output]
directory = "run"
log = {{ every = {max(1, steps // 20)} }}
trajectory = [{trajectories}]
checkpoint = {{ every = {checkpoint_every or max(1, steps // 20)}, keep = 2 }}
[[group]]
name = "sulfur"
species = ["S"]
[[compute]]
name = "sulfur"
every = {max(1, steps // 30)}
group = "sulfur"
quantities = ["temperature", "kinetic_energy", "potential_energy", "stress", "position"]
[[compute]]
name = "profile"
every = {max(1, steps // 50)}
slabs = {{ axis = "c", width = "2 Å", remove_flow = true }}
average = 4
quantities = ["density", "temperature", "stress"]
[[analysis]]
kind = "rdf"
every = {max(1, steps // 37)}
bins = 50
[[analysis]]
kind = "coordination"
name = "layers"
every = {max(1, steps // 53)}
pairs = ["Li-S:3.0", "S-S:4.5"]
axis = "c"
bins = 5
[[analysis]]
kind = "profile"
every = {max(1, steps // 37)}
bins = 20
{stages(steps)}""")
        return folder

    def start(self, folder, ranks, *flags):
        command = ([str(ROOT / "tools/mpirun"), "-np", str(ranks)] if ranks > 1 else []) + [
            str(self.swmd), "run", str(folder / "input.toml"), *flags]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)

    def run(self, folder, ranks, *flags, status=0):
        """Runs to the end; its standard error. Any other exit status is a mismatch."""
        process = self.start(folder, ranks, *flags)
        _, errors = process.communicate()
        if process.returncode != status:
            raise Mismatch(
                f"{folder.name} on {ranks} ranks: exit status {process.returncode}, not {status}: {errors.strip()}")
        return errors

    def ranks_of(self, process):
        """Process ids of the ranks below a launcher (or of the run itself on one rank)."""
        found, queue = [], [process.pid]
        while queue:
            pid = queue.pop()
            try:
                if os.path.samefile(f"/proc/{pid}/exe", self.swmd):
                    found.append(pid)
                queue += [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
            except OSError:
                continue
        return found

    def send(self, process, number):
        for pid in self.ranks_of(process):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def kill(self, process):
        """SIGKILL to all ranks; whether there were any.

        Open MPI's launcher may hang if they die while they start: then it goes, too.
        """
        had_ranks = bool(self.ranks_of(process)) and process.poll() is None
        self.send(process, signal.SIGKILL)
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        return had_ranks and process.returncode != 0

    def wait_for_ranks(self, process):
        """Until there are ranks, or the launcher has ended."""
        while process.poll() is None and not self.ranks_of(process):
            time.sleep(0.005)

    def wait_for_checkpoint(self, process, folder):
        """Until the run has written a checkpoint: it is in the middle of things."""
        while process.poll() is None and not list((folder / "run").glob("checkpoint-*.swmd")):
            time.sleep(0.02)


def outputs(folder):
    """What two equal runs must share, as bytes: all but the log and the timings. Of the checkpoints, only the last."""
    run = folder / "run"
    names = ["thermo.csv", "final.extxyz", *TRAJECTORIES, *COMPUTES, *ANALYSES]
    last = run / f"checkpoint-{latest_step(folder)}.swmd"
    return {**{name: (run / name).read_bytes() for name in names}, last.name: last.read_bytes()}


def latest_step(folder):
    """Of the newest checkpoint; 0 where there is none."""
    return max((int(path.stem.split("-")[1]) for path in (folder / "run").glob("checkpoint-*.swmd")), default=0)


def require_equal(a, b, what):
    first, second = outputs(a), outputs(b)
    if first.keys() != second.keys():
        raise Mismatch(f"{what}: {sorted(first)} against {sorted(second)}")
    different = [name for name in first if first[name] != second[name]]
    if different:
        raise Mismatch(f"{what}: {', '.join(different)} differ")


def positions(path):
    """[frames][atoms][3] of an extended XYZ file whose atoms are in the order of their ids."""
    lines, frames, at = path.read_text().splitlines(), [], 0
    while at < len(lines):
        count = int(lines[at])
        frames.append([[float(x) for x in line.split()[1:4]] for line in lines[at + 2:at + 2 + count]])
        at += count + 2
    return frames


def largest_displacement(a, b):
    """Å, over all frames of two trajectories."""
    if len(a) != len(b) or any(len(f) != len(g) for f, g in zip(a, b)):
        raise Mismatch("trajectories of different length")
    return max(abs(x - y) for f, g in zip(a, b) for p, q in zip(f, g) for x, y in zip(p, q))


def check_ranks(bench, arguments):
    """The first 100 steps do not depend on the number of ranks."""
    reference = None
    for ranks in arguments.ranks:
        folder = bench.folder(f"ranks-{ranks}", steps=100)
        bench.run(folder, ranks)
        frames = positions(folder / "run/exact.extxyz")
        reference = reference or frames
        difference = largest_displacement(reference, frames)
        print(f"  {ranks} ranks: {difference:.1e} Å from {arguments.ranks[0]} in {len(frames)} frames", flush=True)
        if not difference < 1e-8:
            raise Mismatch(f"{ranks} ranks go {difference:.1e} Å away")


def check_repeat(bench, arguments):
    """The same run twice gives the same bytes."""
    folders = [bench.folder(f"repeat-{k}") for k in (1, 2)]
    for folder in folders:
        bench.run(folder, 2)
    require_equal(*folders, "the same run twice")


def check_kill(bench, arguments):
    """Killed at random instants and restarted, a run ends with the bits of the run never killed."""
    steps = {"steps": arguments.kill_steps, "checkpoint_every": max(1, arguments.kill_steps // 200)}
    reference = bench.folder("never-killed", **steps)
    start = time.monotonic()
    bench.run(reference, 2)
    mean, randomness = (time.monotonic() - start) / arguments.kills, random.Random(arguments.seed)
    folder, kills, lives, attempts, reached = bench.folder("killed", **steps), 0, 0, 0, []
    while kills < arguments.kills:
        process = bench.start(folder, 2, *(["--restart"] if lives else []))
        lives += 1
        bench.wait_for_ranks(process)
        time.sleep(randomness.uniform(0, 2 * mean))
        if bench.kill(process):
            kills += 1
            reached.append(latest_step(folder))
        elif process.returncode == 0:
            # It was done before the next kill: start over, and strike sooner.
            attempts += 1
            if attempts > 5:
                raise Mismatch(f"the run ends before it is killed {arguments.kills} times; give it more --kill-steps")
            folder, kills, lives, mean, reached = bench.folder(f"killed-{attempts}", **steps), 0, 0, mean / 2, []
        elif process.returncode > 0:
            raise Mismatch(f"exit status {process.returncode} of a run that was not killed")
    bench.run(folder, 2, "--restart")
    require_equal(reference, folder, f"killed {kills} times")
    print(f"  {kills} kills in a row, with checkpoints of the steps {', '.join(map(str, reached))}", flush=True)


def check_signals(bench, arguments):
    """SIGTERM and SIGINT leave a checkpoint and their exit status; SIGUSR1 a checkpoint and a run that goes on."""
    reference = bench.folder("no-signal")
    bench.run(reference, 2)
    for number, status in ((signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGUSR1, 0)):
        folder = bench.folder(f"signal-{number.name}")
        process = bench.start(folder, 2)
        bench.wait_for_checkpoint(process, folder)
        bench.send(process, number)
        _, errors = process.communicate()
        log = (folder / "run/log.txt").read_text()
        if process.returncode != status:
            raise Mismatch(f"{number.name}: exit status {process.returncode}, not {status}: {errors.strip()}")
        if "signal" not in log:
            raise Mismatch(f"{number.name}: the log does not tell of it")
        bench.run(folder, 2, "--restart")
        require_equal(reference, folder, f"stopped by {number.name} and restarted")


def check_disk(bench, arguments):
    """A disk that fills up ends the run with one error; with room again, --restart goes on to the same bits."""
    reference = bench.folder("wide-disk", trajectory_every=1)
    bench.run(reference, 2)
    mount = bench.scratch / "disk"
    mount.mkdir()
    size = sum(path.stat().st_size for path in (reference / "run").rglob("*"))
    command = ["mount", "-t", "tmpfs", "-o", f"size={size // 2}", "tmpfs", str(mount)]
    if subprocess.run(command, capture_output=True).returncode != 0:
        print("  left out: no permission to mount a tmpfs")
        return
    try:
        folder = bench.folder("narrow", trajectory_every=1, parent=mount)
        errors = bench.run(folder, 2, status=1)
        if errors.count("swmd: error:") != 1:
            raise Mismatch(f"a full disk gives {errors.count('swmd: error:')} messages: {errors.strip()}")
        subprocess.run(["mount", "-o", f"remount,size={4 * size}", str(mount)], check=True)
        bench.run(folder, 2, "--restart")
        require_equal(reference, folder, "continued after a full disk")
    finally:
        subprocess.run(["umount", str(mount)], check=True)


CHECKS = {
    "ranks": check_ranks, "repeat": check_repeat, "kill": check_kill, "signals": check_signals, "disk": check_disk}


def parse(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0],
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--swmd", type=pathlib.Path, default=ROOT / ".build/release/swmd")
    parser.add_argument("--steps", type=int, default=400, help="of dynamics, in all checks but 'ranks' and 'kill'")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--kill-steps", type=int, default=40_000, help="of the run that is killed; --kills must fit in")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 4, 7])
    parser.add_argument("--seed", type=int, default=1, help="of the instants of the kills")
    parser.add_argument("--only", default=",".join(CHECKS), help="which checks, with commas")
    arguments = parser.parse_args(words)
    unknown = set(arguments.only.split(",")) - CHECKS.keys()
    if unknown:
        parser.error(f"--only knows {', '.join(CHECKS)}, not {', '.join(sorted(unknown))}")
    return arguments


def main(words=None):
    """The exit status."""
    arguments, failures = parse(words), 0
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(arguments.swmd.resolve(), scratch, arguments.steps)
        for name in arguments.only.split(","):
            print(f"{name}: {CHECKS[name].__doc__}", flush=True)
            try:
                CHECKS[name](bench, arguments)
                print(f"  {name}: passed", flush=True)
            except Mismatch as mismatch:
                failures += 1
                print(f"  {name}: FAILED: {mismatch}", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
