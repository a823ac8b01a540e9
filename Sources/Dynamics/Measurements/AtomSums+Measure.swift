import Atomistics
import Decomposition
import Numerics

extension AtomSums {
  /// What is measured of which atoms.
  struct Request {
    var group = GroupSelection.all
    /// nil: all atoms in one set.
    var grid: SlabGrid?
    /// Velocities mean nothing, as in a minimization: their sums are left zero.
    var atRest = false
    var virial = Virial.none
  }

  /// Which virials count to `stressVolume`.
  enum Virial {
    case none
    /// The one of all atoms, where all are in one set.
    case total
    /// Each atom's own, which the last evaluation of the forces must have given.
    case perAtom
  }

  /// The sums of all sets over all ranks: one reduction, in rank order. Collective.
  static func measure(_ system: SystemState, _ request: Request) -> [AtomSums] {
    let sets = request.grid?.count ?? 1
    var sums = [Double](repeating: 0, count: sets * width)
    sums.withUnsafeMutableBufferPointer { buffer in
      system.kinds.map(\.mass).withUnsafeBufferPointer { masses in
        guard let base = buffer.baseAddress, let masses = masses.baseAddress else { return }
        add(system, request, masses, to: base)
        guard request.virial == .total else { return }
        for (component, value) in system.forceField.virial.elements.enumerated() { base[firstStress + component] += value }
      }
    }
    let total = system.domain.communicator.sum(sums)
    return (0..<sets).map { AtomSums(numbers: total[($0 * width)..<(($0 + 1) * width)]) }
  }

  /// Where the stress stands among the numbers.
  private static let firstStress = 11

  /// Adds this rank's atoms to [sets][width], in the order of `numbers`.
  private static func add(
    _ system: SystemState, _ request: Request, _ masses: UnsafePointer<Double>, to sums: UnsafeMutablePointer<Double>
  ) {
    let domain = system.domain, atoms = domain.atoms, lattice = domain.cell.vectors
    let position = atoms.position, velocity = atoms.velocity, image = atoms.image
    let kind = atoms.kind, groups = atoms.groups
    let group = request.group, energies = system.forceField.energies, virials = system.forceField.virials
    let finder = request.grid.map { SlabFinder($0, in: domain.cell) }
    let withVirials = request.virial == .perAtom
    let motion = request.atRest ? 0 : 1.0, energyUnit = Units.energyPerMassVelocitySquared
    for i in 0..<atoms.ownedCount where group.contains(groups[i]) {
      let r = position[i], v = motion * velocity[i], mass = masses[Int(kind[i])], n = image[i]
      let sum = sums + width &* (finder?.slab(of: r) ?? 0)
      let place = Vector3(r.x, r.y, r.z) + Vector3(Double(n.x), Double(n.y), Double(n.z)) * lattice
      sum[0] += 1
      sum[1] += 3
      sum[2] += mass
      let scaled = energyUnit * mass * v
      for axis in 0..<3 {
        sum[3 &+ axis] += mass * place[axis]
        sum[6 &+ axis] += mass * v[axis]
        for other in 0..<3 { sum[firstStress &+ 3 &* axis &+ other] += scaled[axis] * v[other] }
      }
      sum[9] += 0.5 * (scaled * v).sum()
      sum[10] += energies[i]
      if withVirials {
        for component in 0..<9 { sum[firstStress &+ component] += virials[9 &* i &+ component] }
      }
    }
  }
}
