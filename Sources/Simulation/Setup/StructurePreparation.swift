import Atomistics
import Diagnostics
import Dynamics
import Formats
import Numerics

extension SystemInput {
  /// The structure as the run starts from it: read, overridden, replicated, checked, with velocities. Root only.
  func preparedFrame() throws -> Configuration {
    let path = structure.value
    var frame = try readStructure(
      at: path, frame: frame, options: ReadOptions(species: species))
    if let periodic { frame.cell.periodic = Periodicity(periodic[0], periodic[1], periodic[2]) }
    guard frame.count > 0 else { throw Failure.input("the structure has no atoms", at: Place(file: path)) }
    try frame.cell.validate(at: Place(file: path))
    if let masses {
      frame.masses = zip(frame.elements, frame.masses ?? frame.elements.map(\.mass)).map { masses[$0] ?? $1 }
    }
    frame = try frame.replicated(replicate)
    if let velocities {
      frame.velocities = maxwellBoltzmannVelocities(
        ids: frame.ids ?? (1...Int64(frame.count)).map { $0 }, masses: frame.masses ?? frame.elements.map(\.mass),
        temperature: velocities.temperature, seed: velocities.seed)
    }
    return frame
  }
}
