import Atomistics
import Diagnostics
import Dynamics
import Formats
import Numerics

extension SimulationInput {
  /// The structure as the run starts from it: read, overridden, replicated, checked, with velocities. Root only.
  func preparedFrame() throws -> Configuration {
    let path = resolve(system.structure.value)
    let options = ReadOptions(species: system.species?.value, periodicity: system.periodic?.value)
    var frame = try readStructure(at: path, frame: system.frame, options: options)
    if let periodic = system.periodic { frame.cell.periodic = periodic.value }
    guard frame.count > 0 else { throw Failure.input("the structure has no atoms", at: Place(file: path)) }
    try frame.cell.validate(at: Place(file: path))
    if !system.masses.isEmpty {
      frame.masses = zip(frame.elements, frame.masses ?? frame.elements.map(\.mass)).map { system.masses[$0] ?? $1 }
    }
    let copies = system.replicate
    frame = try frame.replicated(SIMD3(copies[0], copies[1], copies[2]))
    if let velocities = system.velocities {
      frame.velocities = maxwellBoltzmannVelocities(
        ids: frame.ids ?? (1...Int64(frame.count)).map { $0 }, masses: frame.masses ?? frame.elements.map(\.mass),
        temperature: velocities.temperature, seed: velocities.seed)
    }
    return frame
  }
}
