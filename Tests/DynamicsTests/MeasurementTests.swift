import Atomistics
import Communication
import Decomposition
import Diagnostics
import Dynamics
import Numerics
import PairPotentials
import PotentialKit
import Testing

/// Groups and slabs against totals, against what was put in, and against derivatives of the energy.
@Suite(.serialized) struct MeasurementTests {
  private static let argon = Element(symbol: "Ar")!, krypton = Element(symbol: "Kr")!
  private static let lattice = 5.4

  /// Lennard-Jones argon and krypton.
  private static func system(
    cell: Cell, positions: [Vector3], velocities: [Vector3]? = nil, groups: [UInt32]? = nil, kinds: [Int32]? = nil,
    cutoff: Double = 7.5
  ) throws -> SystemState {
    let pairs = [
      PairEntry(argon, argon, LennardJones.Parameters(epsilon: 0.0104, sigma: 3.405)),
      PairEntry(krypton, krypton, LennardJones.Parameters(epsilon: 0.0141, sigma: 3.65)),
    ]
    var options = PairOptions(cutoff: cutoff, truncation: .smooth, innerCutoff: 0.8 * cutoff)
    options.missingPairs = .mixed
    let potential = try LennardJones.makePotential(pairs: pairs, options: options)
    try potential.bind(elements: [argon, krypton])
    let domain = Domain(cell: cell, kindCount: 2, cutoff: cutoff, skin: 0.5, communicator: .world)
    let records = positions.indices.map { i in
      var record = AtomRecord(
        id: Int64(i + 1), kind: kinds?[i] ?? 0, position: positions[i], velocity: velocities?[i] ?? .zero)
      record.groups = groups?[i] ?? 0
      return record
    }
    try domain.load(records, cuts: nil, isRestart: false)
    let timer = PhaseTimer()
    let system = SystemState(
      domain: domain, forceField: ForceField(domain: domain, potentials: [potential], timer: timer),
      kinds: [AtomKind(element: argon), AtomKind(element: krypton)], atomCount: positions.count, timer: timer)
    try system.forceField.compute(withVirials: true)
    return system
  }

  /// Perfect fcc, `n`³ cubic cells.
  private static func crystal(_ n: Int, lattice: Double = lattice) -> (Cell, [Vector3]) {
    var positions: [Vector3] = []
    for i in 0..<n * n * n {
      let corner = Vector3(Double(i / (n * n)), Double(i / n % n), Double(i % n))
      for site in [Vector3(0, 0, 0), Vector3(0, 0.5, 0.5), Vector3(0.5, 0, 0.5), Vector3(0.5, 0.5, 0)] {
        positions.append(lattice * (corner + site))
      }
    }
    return (Cell(vectors: Matrix3(diagonal: Vector3(repeating: lattice * Double(n))), periodic: .all), positions)
  }

  /// A sheared, rattled, moving crystal of two kinds in three groups, the second and the third of which overlap; some atoms lie
  /// outside the cell.
  private static func roughSystem(periodic: Periodicity = .all) throws -> SystemState {
    let (cubic, sites) = crystal(3), random = CounterRandom(.test, seed: 11)
    let shear = Matrix3(rows: Vector3(1, 0, 0), Vector3(0.2, 1, 0), Vector3(-0.1, 0.15, 1.1))
    let cell = Cell(vectors: cubic.vectors * shear, periodic: periodic)
    let positions = sites.enumerated().map { i, site in
      site * shear + 0.15 * random.normals(step: 0, id: UInt64(i)) + Vector3(30, -7, 0)
    }
    let velocities = sites.indices.map { 3e-3 * random.normals(step: 1, id: UInt64($0)) }
    return try system(
      cell: cell, positions: positions, velocities: velocities,
      groups: sites.indices.map { $0 % 3 == 0 ? 1 : $0 % 3 == 1 ? 2 : 6 }, kinds: sites.indices.map { Int32($0 % 5 / 4) })
  }

  private func expectEqual(_ a: AtomSums, _ b: AtomSums, _ what: String) {
    for (index, (x, y)) in zip(a.numbers, b.numbers).enumerated() {
      // The moment is a sum of terms of mixed signs as large as the system.
      let scale = max(abs(y), (3..<6).contains(index) ? 1e2 * b.mass : 1)
      #expect(abs(x - y) <= 1e-11 * scale, "\(what): number \(index), \(x) against \(y)")
    }
  }

  @Test func groupsThatPartitionTheSystemAddUp() throws {
    let system = try Self.roughSystem()
    let whole = GroupMeasurement(of: system)
    let parts = [GroupSelection(any: 1), GroupSelection(any: 2, none: 4), GroupSelection(any: 4)]
      .map { GroupMeasurement(of: system, group: $0) }
    #expect(parts.map(\.sums.count) == [36, 36, 36])
    expectEqual(parts.reduce(AtomSums()) { $0 + $1.sums }, whole.sums, "groups")
    let densities = parts.compactMap(\.density), volumes = parts.compactMap(\.volume)
    #expect(abs(densities.reduce(0, +) / whole.density! - 1) < 1e-12)
    #expect(abs(volumes.reduce(0, +) / system.domain.cell.volume - 1) < 1e-12)
    // Overlapping groups: 2 holds 4.
    #expect(GroupMeasurement(of: system, group: GroupSelection(any: 2)).sums.count == 72)
    #expect(GroupMeasurement(of: system, group: GroupSelection(any: 8)).sums == AtomSums())
  }

  @Test func theWholeSystemIsThatOfTheLog() throws {
    let system = try Self.roughSystem()
    let log = Thermodynamics(of: system)
    let whole = GroupMeasurement(of: system, degreesOfFreedom: Thermodynamics.degreesOfFreedom(system.atomCount))
    #expect(abs(whole.sums.temperature! / log.temperature - 1) < 1e-13)
    #expect(abs(whole.sums.potentialEnergy / log.potential - 1) < 1e-13)
    #expect(abs(whole.pressure! - log.pressure!) < 1e-9 * abs(log.pressure!))
    let atRest = GroupMeasurement(of: system, atRest: true)
    #expect(atRest.sums.kineticEnergy == 0 && atRest.sums.momentum == .zero)
    #expect(abs(atRest.pressure! - Thermodynamics(of: system, atRest: true).pressure!) < 1e-9 * abs(log.pressure!))
  }

  @Test(arguments: [Periodicity.all, Periodicity(true, false, true)], 0..<3)
  func slabsAddUp(periodic: Periodicity, axis: Int) throws {
    let system = try Self.roughSystem(periodic: periodic)
    let whole = GroupMeasurement(of: system)
    for count in [1, 7, 40] {
      let profile = ProfileMeasurement(of: system, grid: SlabGrid(axis: axis, count: count))
      #expect(profile.slabs.count == count)
      expectEqual(profile.slabs.reduce(AtomSums(), +), whole.sums, "slabs")
      // Stress times volume of the slabs is that of the whole: the mean of their stresses is its stress.
      let mean = (0..<count).map { (1 / Double(count)) * profile.stress(of: $0)! }.reduce(.zero, +)
      for (a, b) in zip(mean.elements, whole.stress!.elements) { #expect(abs(a - b) < 1e-9 * abs(whole.pressure!)) }
    }
  }

  /// The layers of a perfect crystal are equal: each has the stress of the whole, which is −dE/dV, and the density of the whole.
  @Test func layersOfACrystalHaveTheStressOfTheWhole() throws {
    func measured(_ lattice: Double) throws -> (SystemState, GroupMeasurement) {
      let (cell, sites) = Self.crystal(3, lattice: lattice)
      let system = try Self.system(cell: cell, positions: sites.map { $0 + Vector3(repeating: 0.3) })
      return (system, GroupMeasurement(of: system))
    }
    let h = 1e-4, (system, middle) = try measured(5.2)
    let low = try measured(5.2 - h).1, high = try measured(5.2 + h).1
    let slope = -(high.sums.potentialEnergy - low.sums.potentialEnergy) / (high.cellVolume! - low.cellVolume!)
    let pressure = slope * Units.barPerEVPerCubicAngstrom
    let profile = ProfileMeasurement(of: system, grid: SlabGrid(axis: 2, count: 6))
    #expect(abs(profile.thickness - 2.6) < 1e-12 && abs(profile.center(of: 1) - 3.9) < 1e-12)
    let density = 4 * Self.argon.mass / (5.2 * 5.2 * 5.2) * 1.660_539_066_60
    for slab in 0..<6 {
      let stress = profile.stress(of: slab)!
      for axis in 0..<3 {
        #expect(abs(stress[axis, axis] / pressure - 1) < 1e-6)
        #expect(abs(stress[axis, (axis + 1) % 3]) < 1e-9 * abs(pressure))
      }
      #expect(abs(profile.density(of: slab)! / density - 1) < 1e-12)
      #expect(abs(profile.numberDensity(of: slab)! * 5.2 * 5.2 * 5.2 - 4) < 1e-12)
      #expect(abs(profile.potentialEnergy(of: slab) / middle.sums.potentialEnergy * 6 - 1) < 1e-12)
    }
    // Atom by atom, too.
    let everyone = GroupMeasurement(of: system, group: GroupSelection(none: 1))
    #expect(abs(everyone.pressure! / pressure - 1) < 1e-6)
  }

  /// Atoms out of each other's reach: σ = Σ m v ⊗ v/V, p = N k T/V.
  @Test func idealGas() throws {
    let cell = Cell(vectors: Matrix3(diagonal: [160, 170, 180]), periodic: .all), random = CounterRandom(.test, seed: 2)
    let positions = (0..<64).map { (i: Int) -> Vector3 in
      40 * Vector3(Double(i % 4), Double(i / 4 % 4), Double(i / 16))
    }
    let velocities = positions.indices.map { 4e-3 * random.normals(step: 0, id: UInt64($0)) }
    let system = try Self.system(cell: cell, positions: positions, velocities: velocities)
    let gas = GroupMeasurement(of: system)
    let expected = 64 * Units.boltzmann * gas.sums.temperature! / cell.volume * Units.barPerEVPerCubicAngstrom
    #expect(abs(gas.pressure! / expected - 1) < 1e-12)
    let products: Double = velocities.reduce(0.0) { (sum: Double, v: Vector3) -> Double in sum + v.x * v.y }
    let energy = Self.argon.mass * Units.energyPerMassVelocitySquared * products
    let xy = energy / cell.volume * Units.barPerEVPerCubicAngstrom
    #expect(abs(gas.stress![0, 1] / xy - 1) < 1e-10)
    #expect(gas.sums.potentialEnergy == 0)
    #expect(GroupMeasurement(of: system, volume: 2 * cell.volume).pressure! == gas.pressure! / 2)
  }

  /// A cold and a hot half, in groups and in slabs; a flow on top of it changes nothing where it is removed.
  @Test func twoTemperaturesAndAFlow() throws {
    let (cell, sites) = Self.crystal(4)
    let positions = sites.map { $0 + Vector3(repeating: 0.2) }
    let isHot = positions.map { $0.z > cell.vectors[2].z / 2 }
    func drawn(_ hot: Bool, _ temperature: Double) -> [Int: Vector3] {
      let members = positions.indices.filter { isHot[$0] == hot }
      let velocities = maxwellBoltzmannVelocities(
        ids: members.map { Int64($0 + 1) }, masses: members.map { _ in Self.argon.mass }, temperature: temperature, seed: 4)
      return Dictionary(uniqueKeysWithValues: zip(members, velocities))
    }
    let thermal = drawn(false, 100).merging(drawn(true, 400)) { $1 }
    let flow = Vector3(0.02, -0.01, 0.005)
    func system(flowing: Bool) throws -> SystemState {
      try Self.system(
        cell: cell, positions: positions,
        velocities: positions.indices.map { thermal[$0]! + (flowing ? (isHot[$0] ? 1 : -2) * flow : .zero) },
        groups: isHot.map { $0 ? 1 : 2 })
    }
    let still = try system(flowing: false), flowing = try system(flowing: true)
    for (bit, temperature) in [(UInt32(2), 100.0), (1, 400)] {
      let group = GroupMeasurement(of: still, group: GroupSelection(any: bit), degreesOfFreedom: 3 * 128 - 3)
      #expect(abs(group.sums.temperature! / temperature - 1) < 1e-12)
    }
    let grid = SlabGrid(axis: 2, count: 2)
    let expected = ProfileMeasurement(of: still, grid: grid), moving = ProfileMeasurement(of: flowing, grid: grid)
    let removed = ProfileMeasurement(of: flowing, grid: grid, withoutFlow: true)
    for (slab, temperature) in [100.0, 400].enumerated() {
      #expect(abs(expected.slabs[slab].temperature! / temperature - 381.0 / 384) < 1e-12)
      #expect(moving.slabs[slab].temperature! > 1.5 * temperature)
      #expect(abs(removed.slabs[slab].temperature! / temperature - 1) < 1e-11)
      #expect((removed.slabs[slab].velocity! - (slab == 1 ? 1 : -2) * flow).length < 1e-14)
      for (a, b) in zip(removed.stress(of: slab)!.elements, expected.stress(of: slab)!.elements) {
        #expect(abs(a - b) < 1e-9 * abs(expected.stress(of: slab)!.trace))
      }
    }
  }

  @Test func oneAtomHasNoTemperatureBesideItsFlow() {
    var one = AtomSums()
    (one.count, one.degreesOfFreedom, one.mass, one.momentum, one.kineticEnergy) = (1, 3, 7, [0.3, 0, 0.1], 0.123)
    #expect(one.withoutFlow.temperature == nil && one.withoutFlow.kineticEnergy == 0)
    #expect(AtomSums().withoutFlow == AtomSums() && AtomSums().centerOfMass == nil && AtomSums().temperature == nil)
  }

  @Test func theCenterOfMassIsUnwrapped() throws {
    let cell = Cell(vectors: Matrix3(diagonal: [30, 30, 30]), periodic: .all)
    let system = try Self.system(
      cell: cell, positions: [[29, 1, 1], [31, 1, -65]], groups: [1, 1], kinds: [0, 1])
    let masses = (Self.argon.mass, Self.krypton.mass), total = masses.0 + masses.1
    let center = GroupMeasurement(of: system, group: GroupSelection(any: 1)).sums.centerOfMass!
    let expected = Vector3((29 * masses.0 + 31 * masses.1) / total, 1, (masses.0 - 65 * masses.1) / total)
    #expect((center - expected).length < 1e-12)
  }

  /// A mean of samples is that of their sums, and numbers give the same bits back.
  @Test func meansAndNumbers() throws {
    let first = try ProfileMeasurement(of: Self.roughSystem(), grid: SlabGrid(axis: 1, count: 5))
    let other = try Self.roughSystem()
    for i in 0..<other.domain.atoms.ownedCount { other.domain.atoms.velocity[i] *= 2 }
    let second = ProfileMeasurement(of: other, grid: SlabGrid(axis: 1, count: 5))
    let mean = ProfileMeasurement(mean: [first, second])
    #expect(mean.sampleCount == 2 && mean.thickness == first.thickness)
    for slab in 0..<5 {
      #expect(abs(mean.slabs[slab].temperature! / first.slabs[slab].temperature! - 2.5) < 1e-12)
      #expect(mean.potentialEnergy(of: slab) == first.potentialEnergy(of: slab))
      #expect(abs(mean.density(of: slab)! / first.density(of: slab)! - 1) < 1e-15)
    }
    #expect(ProfileMeasurement(numbers: mean.numbers) == mean)
    #expect(mean.numbers.count == ProfileMeasurement.width(slabs: 5))
  }

  @Test func slabsComeNearestToAWidth() {
    let cell = Cell(vectors: Matrix3(rows: [10, 0, 0], [0, 10, 0], [5, 0, 21]), periodic: .all)
    #expect(SlabGrid(axis: 2, width: 2, in: cell).count == 11)
    #expect(SlabGrid(axis: 2, width: 2.2, in: cell).count == 10)
    #expect(SlabGrid(axis: 2, width: 100, in: cell).count == 1)
    #expect(abs(SlabGrid(axis: 2, count: 10).thickness(in: cell) - 2.1) < 1e-12)
  }
}
