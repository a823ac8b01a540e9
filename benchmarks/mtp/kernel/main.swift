import Atomistics
import BenchmarkSupport
import Foundation
import MomentTensor
import MomentTensorFiles

// Times energies, forces and virial of a moment tensor potential on a rattled fcc crystal with the lattice constant of
// copper (43 neighbors inside 5 Å, the workload of the published timings; several species in turns), on one core; with an
// active set also with extrapolation grades at every step and at every tenth.
//
//   mtp-kernel-benchmark POTENTIAL [turns] [double|mixed] [cells per edge]
let arguments = CommandLine.arguments
guard arguments.count > 1 else {
  print("usage: mtp-kernel-benchmark POTENTIAL [turns] [double|mixed] [cells per edge]")
  exit(2)
}
let turns = arguments.count > 2 ? Int(arguments[2]) ?? 10 : 10
let isMixed = arguments.count > 3 && arguments[3] == "mixed"
let cells = arguments.count > 4 ? Int(arguments[4]) ?? 6 : 6

let bytes = try MomentTensorFile.bytes(of: arguments[1])
let speciesCount = try MomentTensorFile(bytes: bytes, file: arguments[1]).speciesCount
let elements = (29..<29 + speciesCount).compactMap { Element(atomicNumber: $0) }
let potential = try MomentTensorPotential(file: arguments[1], species: elements, precision: isMixed ? .mixed : .double)
try potential.bind(elements: potential.species)
let crystal = Configuration.rattledCrystal(.faceCentered, constant: 3.615, cells: cells, elements: potential.species)
print(try KernelTimes(potential, crystal, turns: turns).summary)
