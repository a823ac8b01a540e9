"""swmd as an ASE calculator.

    from ase_swmd import SWMD
    atoms.calc = SWMD("potentials/li-s.almtp", species="Li,S")
    atoms.get_potential_energy(), atoms.get_forces(), atoms.get_stress()

One process `swmd evaluate --structure - --json` serves all calls: it reads each frame from its standard input and answers
with a line of JSON. `atoms.calc.results["grades"]` holds extrapolation grades where the potential has an active set.
"""
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from ase.calculators.calculator import Calculator, CalculatorSetupError, PropertyNotImplementedError, all_changes
from ase.stress import full_3x3_to_voigt_6_stress

ROOT = Path(__file__).resolve().parents[1]


def find_swmd():
    """The program: $SWMD, this checkout's, or the one on the PATH."""
    built = ROOT / ".build" / "release" / "swmd"
    return os.environ.get("SWMD") or (str(built) if built.exists() else shutil.which("swmd"))


class SWMD(Calculator):
    """Energies (eV), forces (eV/Å) and stresses (eV/Å^3) of a potential file, on `ranks` MPI ranks.

    potential: the file (.mtp, .almtp); species: the elements of its types, in its order, "Li,S" or ["Li", "S"];
    precision: "double" or "mixed"; swmd: the program, if it is not found by itself.
    """

    implemented_properties = ["energy", "free_energy", "energies", "forces", "stress"]

    def __init__(self, potential, species=None, ranks=1, precision="double", swmd=None, **arguments):
        super().__init__(**arguments)
        program = swmd or find_swmd()
        if program is None:
            raise CalculatorSetupError("there is no swmd: build it, put it on the PATH, or set $SWMD")
        self.command = [str(ROOT / "tools" / "mpirun"), "-np", str(ranks)] if ranks > 1 else []
        self.command += [str(program), "evaluate", "--structure", "-", "--json", "--precision", precision]
        self.command += ["--potential", str(potential)]
        if species is not None:
            self.command += ["--species", species if isinstance(species, str) else ",".join(species)]
        self.process = None

    def calculate(self, atoms=None, properties=("energy",), system_changes=all_changes):
        super().calculate(atoms, properties, system_changes)
        if "stress" in properties and not all(self.atoms.pbc):
            raise PropertyNotImplementedError("a stress needs a cell that is periodic in all directions")
        answer = self._ask(self._frame(self.atoms))
        self.results = {
            "energy": answer["energy"],
            "free_energy": answer["energy"],
            "energies": np.array(answer["energies"]),
            "forces": np.array(answer["forces"]).reshape(-1, 3),
        }
        if "stress" in answer:
            self.results["stress"] = full_3x3_to_voigt_6_stress(np.array(answer["stress"]))
        if "grades" in answer:
            self.results["grades"] = np.array(answer["grades"])

    def close(self):
        """Ends the process; the next calculation starts another."""
        if self.process is None:
            return
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()
        self.process = None

    def __del__(self):
        if getattr(self, "process", None) is not None:
            self.process.kill()
            self.close()

    @staticmethod
    def _frame(atoms):
        """Extended XYZ whose numbers read back to the same bits."""
        cell = " ".join(map(repr, atoms.cell.array.ravel().tolist()))
        lattice = f'Lattice="{cell}" ' if atoms.cell.array.any() else ""
        periodic = " ".join("T" if flag else "F" for flag in atoms.pbc)
        lines = [str(len(atoms)), f'{lattice}Properties=species:S:1:pos:R:3 pbc="{periodic}"']
        lines += [f"{symbol} {x!r} {y!r} {z!r}" for symbol, (x, y, z) in zip(atoms.symbols, atoms.positions.tolist())]
        return "\n".join(lines) + "\n"

    def _start(self):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})

    def _ask(self, frame):
        if self.process is None:
            self._start()
        try:
            self.process.stdin.write(frame)
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self.process.wait()
            self.errors.seek(0)
            message = self.errors.read().strip()
            self.process = None
            raise RuntimeError(f"swmd ended: {message}")
        return json.loads(line)
