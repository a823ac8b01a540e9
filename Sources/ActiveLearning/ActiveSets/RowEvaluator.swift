import Atomistics
import Communication
import Decomposition
import Diagnostics
import PotentialKit

/// Rows of the active-set blocks of whole frames, each evaluated by one rank by itself.
final class RowEvaluator {
  let potential: any ActiveSetPotential
  let mode: ActiveSetMode

  /// - Throws: `Failure.input` where the potential does not have the mode.
  init(_ potential: any ActiveSetPotential, mode: ActiveSetMode) throws {
    try potential.requireRows()
    guard potential.activeSetModes.contains(mode) else {
      throw Failure.input(
        "this potential has no active sets in the mode \(mode.rawValue)", at: potential.summary.file.map { Place(file: $0) },
        remedy: "use --mode " + potential.activeSetModes.map(\.rawValue).joined(separator: " or "))
    }
    self.potential = potential
    self.mode = mode
    try potential.bind(elements: potential.summary.elements)
  }

  /// The rows of a frame, one pool a block, without coefficients. Local.
  /// - Throws: `Failure.input` for an element that the potential does not know, or a cell that cannot be used.
  func pools(of frame: FrameSource.Frame) throws -> [CandidatePool] {
    let domain = try load(frame)
    var pools = potential.activeSetBlocks(mode).map { CandidatePool(width: $0.width) }
    try potential.forEachRowBatch(mode, domain.atoms, domain.neighbors, halo: DomainHalo(domain)) { batch in
      let origins = batch.centers.map { center in
        ActiveSetOrigin(configuration: frame.number, atom: Int(domain.atoms.id[Int(center)]) - 1)
      }
      pools[batch.block].append(batch.rows, count: origins.count, origins: origins)
    }
    if mode == .configuration { pools = pools.map { summed($0, frame) } }
    return pools
  }

  private func load(_ frame: FrameSource.Frame) throws -> Domain {
    let configuration = frame.configuration, elements = potential.summary.elements
    try configuration.cell.validate(at: Place(file: frame.path))
    let records = try configuration.positions.enumerated().map { atom, position in
      guard let kind = elements.firstIndex(of: configuration.elements[atom]) else {
        throw Failure.input(
          "\(frame.place) has \(configuration.elements[atom]), but the potential"
            + (potential.summary.file.map { " \($0)" } ?? "") + " knows only "
            + elements.map(\.symbol).joined(separator: ", "),
          remedy: "use a potential for \(configuration.elements[atom]), or correct --species")
      }
      return AtomRecord(
        id: Int64(atom) + 1, kind: Int32(kind), position: position, velocity: .zero, image: .zero, reference: position)
    }
    let domain = Domain(
      cell: configuration.cell, kindCount: elements.count, cutoff: potential.cutoff, skin: 0, communicator: .alone)
    do {
      try domain.load(records, cuts: nil, isRestart: false)
    } catch var failure as Failure {
      failure.message = "\(frame.place): \(failure.message)"
      throw failure
    }
    return domain
  }

  /// One row for the frame: the sum over its atoms, in their order, times the potential's factor.
  private func summed(_ pool: CandidatePool, _ frame: FrameSource.Frame) -> CandidatePool {
    var total = [Double](repeating: 0, count: pool.width)
    for atom in pool.origins.indices.sorted(by: { pool.origins[$0] < pool.origins[$1] }) {
      for (column, value) in pool.row(atom).enumerated() { total[column] += value }
    }
    let factor = potential.configurationFactor(atomCount: frame.configuration.count)
    for column in total.indices { total[column] *= factor }
    var result = CandidatePool(width: pool.width)
    result.append(total, count: 1, origins: [ActiveSetOrigin(configuration: frame.number, atom: nil)])
    return result
  }
}

/// The halo exchange of a domain, for potentials that need it.
private final class DomainHalo: HaloExchange {
  private let domain: Domain
  init(_ domain: Domain) { self.domain = domain }
  func forward(_ values: UnsafeMutablePointer<Double>, width: Int) { domain.forward(values, width: width) }
  func reverse(_ values: UnsafeMutablePointer<Double>, width: Int) { domain.reverse(values, width: width) }
}
