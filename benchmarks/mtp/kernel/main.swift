import Atomistics
import BruteForce
import Foundation
import MomentTensor
import Numerics
import PotentialKit

// Times energies, forces and virial of a one-species potential on a rattled fcc crystal of copper (43 neighbors inside 5 Å,
// the workload of the published timings), on one core.
//
//   mtp-kernel-benchmark POTENTIAL [repeats] [double|mixed] [cells per edge]
let arguments = CommandLine.arguments
guard arguments.count > 1 else {
  print("usage: mtp-kernel-benchmark POTENTIAL [repeats] [double|mixed] [cells per edge]")
  exit(2)
}
let repeats = arguments.count > 2 ? Int(arguments[2]) ?? 20 : 20
let isMixed = arguments.count > 3 && arguments[3] == "mixed"
let edge = arguments.count > 4 ? Int(arguments[4]) ?? 6 : 6

let copper = Element(atomicNumber: 29).map { [$0] }
let potential = try MomentTensorPotential(file: arguments[1], species: copper, precision: isMixed ? .mixed : .double)
try potential.bind(elements: potential.species)

let lattice = 3.615, random = CounterRandom(.test, seed: 1)
var positions: [Vector3] = []
for a in 0..<edge {
  for b in 0..<edge {
    for c in 0..<edge {
      for site in [Vector3(0, 0, 0), Vector3(0, 0.5, 0.5), Vector3(0.5, 0, 0.5), Vector3(0.5, 0.5, 0)] {
        let rattle = 0.05 * random.normals(step: 0, id: UInt64(positions.count))
        positions.append(lattice * (Vector3(Double(a), Double(b), Double(c)) + site) + rattle)
      }
    }
  }
}
let cell = Cell(vectors: Matrix3(diagonal: Vector3(repeating: lattice * Double(edge))), periodic: .all)
let system = BruteForceSystem(
  cell: cell, kinds: positions.map { _ in 0 }, positions: positions, kindCount: 1, cutoff: potential.cutoff, skin: 0.5)
let candidates = Double(system.list.offsets[positions.count]) / Double(positions.count)

/// This thread's processor time: what others on the machine do counts less than on a wall clock.
func threadSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

var times: [Double] = [], energy = 0.0
let halo = BruteForceSystem.SelfHalo(system)
for _ in 0..<repeats {
  let output = system.output()
  let start = threadSeconds()
  try potential.evaluate(system.atoms, system.list, halo: halo, into: output)
  times.append((threadSeconds() - start) * 1e6 / Double(positions.count))
  energy = system.result(of: output).energy
}
times.sort()
print(
  String(
    format: "%@: %d atoms, %.1f candidates an atom; us per atom: least %.3f, median %.3f; energy %.12g eV",
    isMixed ? "mixed" : "double", positions.count, candidates, times[0], times[times.count / 2], energy))
