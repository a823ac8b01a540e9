import Atomistics
import Foundation
import MomentTensor
import MomentTensorFiles
import Numerics
import PotentialKit

// Times energies, forces and virial of a potential on a rattled fcc crystal with the lattice constant of copper (43 neighbors
// inside 5 Å, the workload of the published timings; several species in turns), on one core. With `grades`, which needs an active
// set, evaluations with and without extrapolation grades take turns.
//
//   mtp-kernel-benchmark POTENTIAL [repeats] [double|mixed] [cells per edge] [grades]
let arguments = CommandLine.arguments
guard arguments.count > 1 else {
  print("usage: mtp-kernel-benchmark POTENTIAL [repeats] [double|mixed] [cells per edge] [grades]")
  exit(2)
}
let repeats = arguments.count > 2 ? Int(arguments[2]) ?? 20 : 20
let isMixed = arguments.count > 3 && arguments[3] == "mixed"
let edge = arguments.count > 4 ? Int(arguments[4]) ?? 6 : 6

let withGrades = arguments.count > 5 && arguments[5] == "grades"

let bytes = try MomentTensorFile.bytes(of: arguments[1])
let speciesCount = try MomentTensorFile(bytes: bytes, file: arguments[1]).speciesCount
let elements = (29..<29 + speciesCount).compactMap { Element(atomicNumber: $0) }
let potential = try MomentTensorPotential(file: arguments[1], species: elements, precision: isMixed ? .mixed : .double)
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
let configuration = Configuration(
  cell: cell, elements: positions.indices.map { potential.species[$0 % speciesCount] }, positions: positions)
let system = try ReferenceSystem(configuration, cutoff: potential.cutoff, skin: 0.5, elements: potential.species)
let candidates = Double(system.ranks[0].neighbors.offsets[positions.count]) / Double(positions.count)

/// This thread's processor time: what others on the machine do counts less than on a wall clock.
func threadSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

/// Times what it passes on to another potential, without the setting up and gathering around it.
final class TimedPotential: Potential {
  private let base: any Potential
  private(set) var seconds: [Double] = []
  private(set) var secondsWithGrades: [Double] = []

  init(_ base: any Potential) { self.base = base }

  var summary: PotentialSummary { base.summary }
  var cutoff: Double { base.cutoff }
  var addsForcesToGhosts: Bool { base.addsForcesToGhosts }
  var hasActiveSet: Bool { base.hasActiveSet }
  var givesVirials: Bool { base.givesVirials }
  func bind(elements: [Element]) throws { try base.bind(elements: elements) }

  func evaluate(
    _ atoms: AtomStore, _ neighbors: NeighborList, halo: any HaloExchange, into output: ForceOutput
  ) throws {
    let start = threadSeconds()
    try base.evaluate(atoms, neighbors, halo: halo, into: output)
    if output.grades == nil { seconds.append(threadSeconds() - start) } else { secondsWithGrades.append(threadSeconds() - start) }
  }
}

let timed = TimedPotential(potential)
var energy = 0.0
var largestGrade = 0.0
for _ in 0..<repeats {
  energy = try system.evaluate([timed]).energy
  if withGrades { largestGrade = try system.evaluate([timed], withGrades: true).grades?.max() ?? 0 }
}
let scale = 1e6 / Double(positions.count)
let times = timed.seconds.map { $0 * scale }.sorted()
print(
  String(
    format: "%@: %d atoms, %.1f candidates an atom; us per atom: least %.3f, median %.3f; energy %.12g eV",
    isMixed ? "mixed" : "double", positions.count, candidates, times[0], times[times.count / 2], energy))
if withGrades {
  let graded = timed.secondsWithGrades.map { $0 * scale }.sorted()
  print(
    String(
      format: "with grades: us per atom: least %.3f, median %.3f; %.1f %% more; largest grade %.12g", graded[0],
      graded[graded.count / 2], 100 * (graded[graded.count / 2] / times[times.count / 2] - 1), largestGrade))
}
