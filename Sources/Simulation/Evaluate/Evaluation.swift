import Atomistics
import Communication
import Decomposition
import Diagnostics
import Dynamics
import Formats
import Numerics
import PotentialKit

/// Energies, forces, virial and grades of the frames of a file: `swmd evaluate`.
public struct Evaluation {
  /// One frame's results in the file's order of atoms, on root.
  public struct Frame {
    /// The file's frame with `energy`, `energies`, `forces` and `virial` replaced by the potential's.
    public var configuration: Configuration
    /// One an atom, where the active set is of neighborhoods.
    public var grades: [Double]?
    /// Where the active set is of whole configurations.
    public var configurationGrade: Double?
  }

  private let potential: any Potential
  private let communicator: Communicator
  private let timer = PhaseTimer()

  public init(potential: any Potential, communicator: Communicator = .world) {
    self.potential = potential
    self.communicator = communicator
  }

  /// Evaluates one frame, which root alone holds. Collective; root gets the results.
  public func evaluate(_ configuration: Configuration?, file: String) throws -> Frame? {
    let initial = try InitialSystem(communicator: communicator) {
      var frame = configuration ?? Configuration(cell: .none, elements: [], positions: [])
      try frame.cell.validate(at: Place(file: file))
      // The file's order is what the results come back in.
      frame.ids = nil
      return frame
    }
    try communicator.together { try potential.bind(elements: initial.kinds.map(\.element)) }
    let domain = Domain(
      cell: initial.cell, kindCount: initial.kinds.count, cutoff: potential.cutoff, skin: 0, communicator: communicator)
    try domain.load(initial.records, cuts: nil, isRestart: false)
    let forceField = ForceField(domain: domain, potentials: [potential], timer: timer)
    try forceField.compute(withGrades: potential.hasActiveSet)
    let system = SystemState(
      domain: domain, forceField: forceField, kinds: initial.kinds, atomCount: initial.atomCount, timer: timer)
    let result = FrameGatherer(system: system).configuration(
      .init(forces: true, energies: true, grades: potential.hasActiveSet))
    guard var frame = configuration, let result else { return nil }
    (frame.forces, frame.energies) = (result.forces, result.energies)
    (frame.energy, frame.virial) = (result.energy, result.virial)
    var grades: [Double]?
    if case .real(let values)? = result.columns.first(where: { $0.name == "grades" })?.values { grades = values }
    return Frame(configuration: frame, grades: grades, configurationGrade: forceField.configurationGrade)
  }
}
