import AtomicCluster
import Atomistics
import BenchmarkSupport
import Foundation

// Times energies, forces and virial of an atomic cluster expansion on a rattled crystal, on one core; with an active set
// also with extrapolation grades at every step and at every tenth. `--write` writes the crystal for other programs (see
// compare_mlpace.py).
let usage = """
  usage: ace-kernel-benchmark POTENTIAL [--lattice fcc|sc|diamond] [--constant Å] [--cells N] [--turns N] [--mixed]
                              [--active-set FILE] [--write FILE]
  """

struct Options {
  var potential: String?
  var lattice = CubicLattice.faceCentered
  var constant = 3.615
  var cells = 6
  var turns = 10
  var isMixed = false
  var activeSet: String?
  var target: String?

  init(_ arguments: [String]) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--lattice": lattice = rest.popFirst().flatMap(CubicLattice.init) ?? lattice
      case "--constant": constant = rest.popFirst().flatMap(Double.init) ?? constant
      case "--cells": cells = rest.popFirst().flatMap(Int.init) ?? cells
      case "--turns": turns = rest.popFirst().flatMap(Int.init) ?? turns
      case "--mixed": isMixed = true
      case "--active-set": activeSet = rest.popFirst()
      case "--write": target = rest.popFirst()
      default: potential = argument
      }
    }
  }
}

let options = Options(Array(CommandLine.arguments.dropFirst()))
guard let file = options.potential else {
  print(usage)
  exit(2)
}
let potential = try AtomicClusterPotential(
  file: file, activeSet: options.activeSet, precision: options.isMixed ? .mixed : .double)
try potential.bind(elements: potential.species)
let crystal = Configuration.rattledCrystal(
  options.lattice, constant: options.constant, cells: options.cells, elements: potential.species)
if let target = options.target {
  // Edge (Å), then element and position (Å) of each atom.
  let lines = zip(crystal.elements, crystal.positions).map { "\($0.symbol) \($1.x) \($1.y) \($1.z)" }
  let text = (["\(crystal.cell.vectors[0][0])"] + lines).joined(separator: "\n") + "\n"
  try text.write(toFile: target, atomically: true, encoding: .utf8)
} else {
  print(try KernelTimes(potential, crystal, turns: options.turns).summary)
}
