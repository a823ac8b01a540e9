import AtomicCluster
import Atomistics
import Foundation
import Numerics
import PotentialKit

// Times energies, forces and virial (and grades) of an ACE potential on a rattled crystal, on one core.
//
//   ace-kernel-benchmark POTENTIAL [--lattice fcc|sc|diamond] [--constant Å] [--cells N] [--repeats N] [--mixed]
//                        [--active-set FILE]
//
// Atoms take the potential's elements in turn. With an active set, steps with and without grades alternate.
struct Options {
  var potential = ""
  var lattice = "fcc"
  var constant = 3.615
  var cells = 5
  var repeats = 20
  var isMixed = false
  var activeSet: String?

  init(_ arguments: [String]) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--lattice": lattice = rest.popFirst() ?? lattice
      case "--constant": constant = rest.popFirst().flatMap(Double.init) ?? constant
      case "--cells": cells = rest.popFirst().flatMap(Int.init) ?? cells
      case "--repeats": repeats = rest.popFirst().flatMap(Int.init) ?? repeats
      case "--mixed": isMixed = true
      case "--active-set": activeSet = rest.popFirst()
      default: potential = argument
      }
    }
  }

  var sites: [Vector3] {
    let faces = [Vector3(0, 0, 0), Vector3(0, 0.5, 0.5), Vector3(0.5, 0, 0.5), Vector3(0.5, 0.5, 0)]
    switch lattice {
    case "sc": return [.zero]
    case "diamond": return faces + faces.map { $0 + Vector3(repeating: 0.25) }
    default: return faces
    }
  }
}

let options = Options(Array(CommandLine.arguments.dropFirst()))
guard !options.potential.isEmpty else {
  print("usage: ace-kernel-benchmark POTENTIAL [--lattice L] [--constant A] [--cells N] [--repeats N] [--mixed]")
  print("                            [--active-set F]")
  exit(2)
}
let potential = try AtomicClusterPotential(
  file: options.potential, activeSet: options.activeSet, precision: options.isMixed ? .mixed : .double)
try potential.bind(elements: potential.species)

let random = CounterRandom(.test, seed: 1)
var positions: [Vector3] = []
for a in 0..<options.cells {
  for b in 0..<options.cells {
    for c in 0..<options.cells {
      for site in options.sites {
        let rattle = 0.05 * random.normals(step: 0, id: UInt64(positions.count))
        positions.append(options.constant * (Vector3(Double(a), Double(b), Double(c)) + site) + rattle)
      }
    }
  }
}
let edge = options.constant * Double(options.cells)
let configuration = Configuration(
  cell: Cell(vectors: Matrix3(diagonal: Vector3(repeating: edge)), periodic: .all),
  elements: positions.indices.map { potential.species[$0 % potential.species.count] }, positions: positions)
let system = try ReferenceSystem(configuration, cutoff: potential.cutoff, skin: 0.5, elements: potential.species)
let inside = try ReferenceSystem(configuration, cutoff: potential.cutoff, elements: potential.species)
let neighbors = Double(inside.ranks[0].neighbors.offsets[positions.count]) / Double(positions.count)

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
  private(set) var gradedSeconds: [Double] = []

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
    let taken = threadSeconds() - start
    if output.grades == nil { seconds.append(taken) } else { gradedSeconds.append(taken) }
  }
}

func summary(_ seconds: [Double], atoms: Int) -> String {
  let times = seconds.map { $0 * 1e6 / Double(atoms) }.sorted()
  return String(format: "least %.3f, median %.3f", times[0], times[times.count / 2])
}

let timed = TimedPotential(potential)
var energy = 0.0
for _ in 0..<options.repeats {
  energy = try system.evaluate([timed]).energy
  if potential.hasActiveSet { _ = try system.evaluate([timed], withGrades: true) }
}
print(
  String(
    format: "%@: %d atoms, %.1f neighbors an atom; us per atom: %@; energy %.12g eV", options.isMixed ? "mixed" : "double",
    positions.count, neighbors, summary(timed.seconds, atoms: positions.count), energy))
if !timed.gradedSeconds.isEmpty { print("with grades: \(summary(timed.gradedSeconds, atoms: positions.count))") }
