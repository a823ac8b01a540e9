import Atomistics
import Decomposition
import Numerics

/// Slabs of the cell at one instant, or their mean over several.
///
/// An atom counts to the slab that its position is in, with its whole energy and virial: a profile of the stress is meaningful
/// over distances longer than the reach of the forces, its sum over slabs is exactly the total at any width.
public struct ProfileMeasurement: Equatable, Sendable {
  /// Sums over the atoms of each slab, at all instants.
  public var slabs: [AtomSums]
  /// Of a slab, Å, across its planes; a sum over the instants.
  private var thicknessSum: Double
  /// Of a slab, Å³; a sum over the instants.
  private var volumeSum: Double
  /// Number of instants.
  public private(set) var sampleCount: Double

  /// Collective; one reduction.
  ///
  /// - Parameters:
  ///   - grid: the slabs; the cell has a vector in their direction.
  ///   - group: which atoms.
  ///   - withoutFlow: each slab's motion as a whole does not count to kinetic energy, temperature and stress.
  ///   - withStress: whether the virial counts to the stress; the last evaluation of the forces must have given per-atom ones.
  ///   - atRest: velocities are left out: they wait for dynamics while a minimizer moves the atoms.
  public init(
    of system: SystemState, grid: SlabGrid, group: GroupSelection = .all, withoutFlow: Bool = false,
    withStress: Bool = true, atRest: Bool = false
  ) {
    let cell = system.domain.cell
    slabs = AtomSums.measure(system, .init(group: group, grid: grid, atRest: atRest, virial: withStress ? .perAtom : .none))
    if withoutFlow { slabs = slabs.map(\.withoutFlow) }
    thicknessSum = grid.thickness(in: cell)
    volumeSum = cell.volume / Double(grid.count)
    sampleCount = 1
  }

  /// The mean over several instants of as many slabs.
  public init(mean samples: [ProfileMeasurement]) {
    self = samples[0]
    for sample in samples.dropFirst() {
      for slab in slabs.indices { slabs[slab] = slabs[slab] + sample.slabs[slab] }
      thicknessSum += sample.thicknessSum
      volumeSum += sample.volumeSum
      sampleCount += sample.sampleCount
    }
  }

  /// Å, across a slab's planes.
  public var thickness: Double { thicknessSum / sampleCount }
  /// Where the middle of a slab is, Å, across the planes from the cell's origin.
  public func center(of slab: Int) -> Double { (Double(slab) + 0.5) * thickness }
  /// Number of atoms.
  public func atomCount(in slab: Int) -> Double { slabs[slab].count / sampleCount }
  /// eV.
  public func kineticEnergy(of slab: Int) -> Double { slabs[slab].kineticEnergy / sampleCount }
  /// eV.
  public func potentialEnergy(of slab: Int) -> Double { slabs[slab].potentialEnergy / sampleCount }
  /// Stress times volume, eV.
  public func stressVolume(of slab: Int) -> Matrix3 { (1 / sampleCount) * slabs[slab].stressVolume }
  /// σ in bar, positive under compression; nil where the cell has no volume.
  public func stress(of slab: Int) -> Matrix3? { volumeSum > 0 ? slabs[slab].stress(in: volumeSum) : nil }
  /// g/cm³; nil where the cell has no volume.
  public func density(of slab: Int) -> Double? { volumeSum > 0 ? slabs[slab].density(in: volumeSum) : nil }
  /// 1/Å³; nil where the cell has no volume.
  public func numberDensity(of slab: Int) -> Double? { volumeSum > 0 ? slabs[slab].count / volumeSum : nil }
}

extension ProfileMeasurement {
  /// All that it holds as numbers; `init(numbers:)` takes them back.
  public var numbers: [Double] { [thicknessSum, volumeSum, sampleCount] + slabs.flatMap(\.numbers) }

  /// How many numbers a profile of so many slabs has.
  public static func width(slabs: Int) -> Int { 3 + slabs * AtomSums.width }

  /// - Parameter numbers: `width(slabs:)` of them.
  public init(numbers: some RandomAccessCollection<Double>) {
    let n = Array(numbers)
    (thicknessSum, volumeSum, sampleCount) = (n[0], n[1], n[2])
    slabs = stride(from: 3, to: n.count, by: AtomSums.width).map { AtomSums(numbers: n[$0..<($0 + AtomSums.width)]) }
  }
}
