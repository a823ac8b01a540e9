#!/usr/bin/env python3
"""How often the 95 % intervals of `swmd analyze onsager` hold the exact answer, over synthetic trajectories.

    benchmarks/analysis/coverage_onsager.py [--seeds 100] [--swmd PATH] [--output FILE]

Three species (24, 8 and 28 atoms) in a skewed cell make steps dr(species i) = a_i xi + sum_m B_im eta_m along each axis, xi of
each particle and eta common to all, so that L_ij = (delta_ij N_i a_i^2 + N_i N_j sum_m B_im B_jm)/(2 dt k_B T V). Three processes:

- brownian: xi and eta are white;
- persistent: xi and eta are correlated from step to step, x(t) = rho x(t-1) + sqrt(1 - rho^2) noise, which multiplies L by
  (1 + rho)/(1 - rho): diffusive only at lags well above 1/(1 - rho);
- vibrating: brownian, and each atom vibrates about its walk (autocorrelated by rho), which leaves L as it is.

Every trajectory is analyzed against the cell (raw) by each method with its defaults. Needs NumPy and SciPy.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import tempfile

import numpy as np
from scipy.signal import lfilter

import amber

HERE = pathlib.Path(__file__).resolve().parent
BOLTZMANN = 8.617333262e-5
NAMES, COUNTS, CHARGES = ["Li", "P", "S"], np.array([24, 8, 28]), np.array([1.0, 5.0, -2.0])
CELL = np.array([[14.0, 0, 0], [3.1, 13.2, 0], [-2.4, 2.0, 12.5]])
A = np.array([0.32, 0.10, 0.16])
B = np.array([[0.05, 0.02], [-0.03, 0.03], [-0.02, -0.015]])
TEMPERATURE, STEP, FRAMES, RHO, AMPLITUDE = 600.0, 0.1, 3000, 0.6, 0.3
PROCESSES = ["brownian", "persistent", "vibrating"]
METHODS = {
    "einstein, gls": ["--method", "einstein", "--estimator", "gls"],
    "einstein, ols": ["--method", "einstein", "--estimator", "ols"],
    "green-kubo": ["--method", "green-kubo"],
    "cepstral": ["--method", "cepstral"],
}


def exact(process):
    factor = (1 + RHO) / (1 - RHO) if process == "persistent" else 1.0
    thermal_volume = BOLTZMANN * TEMPERATURE * np.linalg.det(CELL)
    onsager = (np.diag(COUNTS * A**2) + np.outer(COUNTS, COUNTS) * (B @ B.T)) * factor / (2 * STEP * thermal_volume)
    diffusion = (A**2 + (B**2).sum(1)) * factor / (2 * STEP)
    sigma = 1602.176634 * CHARGES @ onsager @ CHARGES
    nernst_einstein = 1602.176634 * (COUNTS * CHARGES**2 * diffusion).sum() / thermal_volume
    return {"L": onsager, "D": diffusion, "sigma": sigma, "haven": nernst_einstein / sigma,
            "transference": CHARGES * (onsager @ CHARGES) / (CHARGES @ onsager @ CHARGES)}


def noise(random, process, shape):
    white = random.standard_normal((FRAMES + 200,) + shape)
    if process == "persistent":
        white = lfilter([np.sqrt(1 - RHO**2)], [1, -RHO], white, axis=0)
    return white[200:]


def positions(process, seed):
    random = np.random.default_rng([PROCESSES.index(process), seed])
    kinds = np.repeat(np.arange(3), COUNTS)
    steps = A[kinds][None, :, None] * noise(random, process, (len(kinds), 3))
    steps += np.einsum("am,tmx->tax", B[kinds], noise(random, process, (2, 3)))
    start = random.random((1, len(kinds), 3)) @ CELL
    walk = start + np.concatenate([np.zeros_like(steps[:1]), np.cumsum(steps[1:], axis=0)])
    if process == "vibrating":
        walk += AMPLITUDE * noise(random, "persistent", (len(kinds), 3))
    fractional = walk @ np.linalg.inv(CELL)
    return (fractional - np.floor(fractional)) @ CELL


def write(path, coordinates):
    amber.write(path, [coordinates], coordinates.shape[1], CELL, STEP)


def analyze(swmd, path, arguments):
    kinds = ",".join(f"{n}*{c}" for n, c in zip(NAMES, COUNTS))
    charges = ",".join(f"{n}={z}" for n, z in zip(NAMES, CHARGES))
    command = [str(swmd), "analyze", "onsager", str(path), "--species-list", kinds, "--temperature", str(TEMPERATURE),
               "--charges", charges, "--frame", "raw", "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
    return json.loads(done.stdout)


def deviations(process, result):
    """Of every element: (estimate - exact)/standard error, and whether the 95 % interval holds the exact value."""
    truth, student = exact(process), result["L_halfwidth95"][0][0] / result["L_stderr"][0][0]
    rows = []
    for i in range(3):
        for j in range(i, 3):
            rows.append((f"L {NAMES[i]}-{NAMES[j]}", result["L_per_eV_A_ps"][i][j], truth["L"][i, j], result["L_stderr"][i][j],
                         student))
        name = NAMES[i]
        d_student = result["D_halfwidth95"][name] / result["D_stderr"][name]
        rows.append((f"D {name}", result["D_A2_per_ps"][name], truth["D"][i], result["D_stderr"][name], d_student))
    factor = result["sigma_halfwidth95"] / result["sigma_stderr"]
    rows.append(("sigma", result["sigma_S_per_m"], truth["sigma"], result["sigma_stderr"], factor))
    rows.append(("Haven ratio", result["haven_ratio"], truth["haven"], result["haven_stderr"], factor))
    for i, name in enumerate(NAMES):
        rows.append((f"t {name}", result["transference"][name], truth["transference"][i],
                     result["transference_stderr"][name], factor))
    return {name: (float(value / right - 1), float(error / abs(right)), bool(abs(value - right) <= width * error),
                   bool(abs(value - right) <= 1.96 * error))
            for name, value, right, error, width in rows}


def one_seed(swmd, scratch, process, seed):
    path = pathlib.Path(scratch) / f"{process}-{seed}.nc"
    write(path, positions(process, seed))
    try:
        return {name: deviations(process, analyze(swmd, path, arguments)) for name, arguments in METHODS.items()}
    finally:
        path.unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--swmd", type=pathlib.Path, default=HERE.parent.parent / ".build/release/swmd")
    parser.add_argument("--output", type=pathlib.Path, default=HERE / "results/coverage_onsager.json")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    summary = {}
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for process in PROCESSES:
            found = list(pool.map(lambda seed: one_seed(options.swmd.resolve(), scratch, process, seed), range(options.seeds)))
            for method in METHODS:
                table = {}
                for quantity in found[0][method]:
                    values = [seed[method][quantity] for seed in found]
                    table[quantity] = {
                        "covered": sum(v[2] for v in values), "covered_1.96_stderr": sum(v[3] for v in values),
                        "mean_deviation": float(np.mean([v[0] for v in values])),
                        "scatter": float(np.std([v[0] for v in values], ddof=1)),
                        "mean_stderr": float(np.mean([v[1] for v in values]))}
                summary.setdefault(process, {})[method] = table
                elements = {k: v for k, v in table.items() if k.startswith("L ")}
                total = sum(v["covered"] for v in elements.values()) / len(elements) / options.seeds
                normal = sum(v["covered_1.96_stderr"] for v in elements.values()) / len(elements) / options.seeds
                least = min(elements, key=lambda k: elements[k]["covered"])
                others = ", ".join(f"{k} {table[k]['covered']}" for k in ["D Li", "sigma", "Haven ratio", "t Li"])
                print(f"{process:11} {method:14} L {100 * total:5.1f} % (±1.96 SE: {100 * normal:5.1f} %), least {least} "
                      f"{elements[least]['covered']}; {others}; L Li-Li: bias {100 * table['L Li-Li']['mean_deviation']:+.1f} %, "
                      f"scatter {100 * table['L Li-Li']['scatter']:.1f} %, stderr {100 * table['L Li-Li']['mean_stderr']:.1f} %",
                      flush=True)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps({"seeds": options.seeds, "frames": FRAMES, "results": summary}, indent=1) + "\n")


if __name__ == "__main__":
    main()
