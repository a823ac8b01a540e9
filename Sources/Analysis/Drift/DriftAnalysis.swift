import Atomistics
import Diagnostics
import Numerics

/// How species drift in a constant field, and the transport coefficients that follow: the non-equilibrium way.
///
/// With forces F_j = z_j e E the linear response is N_i ⟨v_i⟩/V = Σ_j L_ij z_j e E, so a field on one species alone (the
/// other charges zero) measures a row of L; the current density is j = e Σ_i z_i N_i ⟨v_i⟩/V = σ E. Velocities are against
/// the cell: the center of mass may drift, too. Errors are from blocks. Of a trajectory at the opposite field half the
/// difference counts, which is free of even orders and of a drift without field.
/// Source: G. Ciccotti and G. Jacucci, Phys. Rev. Lett. 35, 789 (1975).
public struct DriftAnalysis: Sendable {
  /// e/(Å² ps) per V/Å in S/m.
  static let siemensPerMeter = 1602.176634

  public let trajectory: TrajectoryFacts
  public let reversedFile: String?
  public let species: [Element]
  public let counts: [Int]
  /// [species], e.
  public let charges: [Double]
  /// V/Å.
  public let field: Vector3
  /// Å³.
  public let volume: Double
  public let blockCount: Int
  /// [species][3], Å/ps.
  public let velocities: [[Estimate]]
  /// [species], N_i v_i · E/(V E²) = Σ_j L_ij z_j, 1/(eV Å ps).
  public let responses: [Estimate]
  /// [3], A/m².
  public let currentDensity: [Estimate]
  /// Of the velocity along the field, [species], Å²/(V ps).
  public let mobility: [Estimate]
  /// Along the field, S/m.
  public let conductivity: Estimate
  public let comparison: DriftComparison?
  public let warnings: [String]

  /// Collective.
  ///
  /// - Parameters:
  ///   - field: V/Å, not zero.
  ///   - reversed: the same system in the opposite field.
  ///   - equilibrium: the JSON of `onsager`, to compare with.
  /// - Throws: `Failure.input`: charges, no field, another system, too few frames.
  public static func run(
    _ trajectory: Trajectory, reversed: Trajectory? = nil, charges: SpeciesValues, field: Vector3, blocks: Int = 20,
    equilibrium: OnsagerFile? = nil, memory: Int = 1 << 30, progress: (Double) -> Void = { _ in }
  ) throws -> DriftAnalysis {
    let values = try trajectory.communicator.together { () throws -> [Double] in
      let size = (field * field).sum()
      guard size > 0, size.isFinite else {
        throw Failure.input("there is no field", remedy: "give --field X,Y,Z in V/Å, not all zero")
      }
      guard reversed.map({ $0.elements == trajectory.elements }) ?? true else {
        throw Failure.input("the atoms differ from those of '\(trajectory.path)'", at: Place(file: reversed!.path))
      }
      return try charges.inOrder(of: trajectory.species, in: trajectory.path)
    }
    let forward = try DriftSamples(trajectory, blocks: blocks, memory: memory, progress: progress)
    let backward = try reversed.map { try DriftSamples($0, blocks: blocks, memory: memory, progress: progress) }
    return DriftAnalysis(
      trajectory, reversed, forward, backward, charges: values, field: field, equilibrium: equilibrium)
  }

  private init(
    _ trajectory: Trajectory, _ reversed: Trajectory?, _ forward: DriftSamples, _ backward: DriftSamples?,
    charges: [Double], field: Vector3, equilibrium: OnsagerFile?
  ) {
    self.trajectory = TrajectoryFacts(trajectory)
    reversedFile = reversed?.path
    (species, counts, volume) = (trajectory.species, forward.counts, forward.volume)
    (self.charges, self.field, blockCount) = (charges, field, forward.blocks.count)
    warnings = [forward.warning, backward?.warning].compactMap { $0 }

    /// A number that is linear in the mean velocities, [species][3].
    func estimate(_ quantity: ([Vector3]) -> Double) -> Estimate {
      guard let backward else { return forward.estimate(quantity) }
      let (a, b) = (forward.estimate(quantity), backward.estimate(quantity))
      let error = 0.5 * (a.standardError * a.standardError + b.standardError * b.standardError).squareRoot()
      let factor = StudentT.quantile975(degreesOfFreedom: Double(2 * (forward.blocks.count - 1)))
      return Estimate(value: 0.5 * (a.value - b.value), standardError: error, halfWidth95: factor * error)
    }
    let size = (field * field).sum(), volume = forward.volume, counts = forward.counts, species = trajectory.species
    velocities = species.indices.map { i in (0..<3).map { axis in estimate { $0[i][axis] } } }
    mobility = species.indices.map { i in estimate { ($0[i] * field).sum() / size } }
    let responses = species.indices.map { i in estimate { Double(counts[i]) / volume * ($0[i] * field).sum() / size } }
    func current(_ v: [Vector3]) -> Vector3 {
      species.indices.reduce(Vector3.zero) { $0 + charges[$1] * Double(counts[$1]) / volume * v[$1] }
    }
    currentDensity = (0..<3).map { axis in estimate { FluxResults.amperesPerSquareMeter * current($0)[axis] } }
    let conductivity = estimate { Self.siemensPerMeter * (current($0) * field).sum() / size }
    (self.responses, self.conductivity) = (responses, conductivity)
    comparison = equilibrium.map {
      DriftComparison($0, species: species, charges: charges, responses: responses, conductivity)
    }
  }
}

/// Mean velocities of the species of one trajectory, over all of it and over blocks.
struct DriftSamples {
  let counts: [Int]
  let volume: Double
  let warning: String?
  /// [species], Å/ps.
  let whole: [Vector3]
  /// [blocks][species].
  let blocks: [[Vector3]]

  init(_ trajectory: Trajectory, blocks count: Int, memory: Int, progress: (Double) -> Void) throws {
    let motion = try trajectory.collectiveMotion(
      .displacements, statistic: nil, in: .raw, blocks: [], largestLags: (0, 0), memory: memory, progress: progress)
    guard count >= 3, motion.frameCount > count else {
      throw Failure.input(
        "\(motion.frameCount) frames are too few for \(count) blocks", at: Place(file: trajectory.path),
        remedy: "use at least 3 --blocks and a longer trajectory")
    }
    (counts, volume, warning) = (motion.counts, motion.volume, motion.warning)
    func velocity(_ species: Int, _ first: Int, _ last: Int) -> Vector3 {
      let moved = (0..<3).map { axis -> Double in
        let start = (species * 3 + axis) * motion.frameCount
        return motion.collective[start + last] - motion.collective[start + first]
      }
      return Vector3(moved[0], moved[1], moved[2]) / (Double(last - first) * motion.spacing * Double(motion.counts[species]))
    }
    let all = motion.species.indices, last = motion.frameCount - 1
    whole = all.map { velocity($0, 0, last) }
    blocks = (0..<count).map { b in all.map { velocity($0, b * last / count, (b + 1) * last / count) } }
  }

  func estimate(_ quantity: ([Vector3]) -> Double) -> Estimate {
    let average = BlockAverage(blocks.map(quantity))
    return Estimate(value: quantity(whole), standardError: average.standardError, halfWidth95: average.halfWidth95)
  }
}
