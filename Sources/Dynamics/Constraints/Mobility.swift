import Atomistics
import Numerics

/// Which components of which atoms' velocities obey the forces; the others are prescribed (zero for frozen atoms).
public struct Mobility: Equatable, Sendable {
  /// A group whose velocity is prescribed.
  public struct Entry: Equatable, Sendable {
    /// The group's bit.
    public let group: UInt32
    /// 1 in each free component, 0 in the prescribed ones; the fourth lane is 1.
    let free: SIMD4<Double>
    /// Å/fs; 0 in the free components.
    let prescribed: SIMD4<Double>

    /// - Parameter velocity: Å/fs along x, y, z; nil: this component is free.
    public init(group: UInt32, velocity: [Double?]) {
      self.group = group
      free = SIMD4(velocity[0] == nil ? 1 : 0, velocity[1] == nil ? 1 : 0, velocity[2] == nil ? 1 : 0, 1)
      prescribed = SIMD4(velocity[0] ?? 0, velocity[1] ?? 0, velocity[2] ?? 0, 0)
    }
  }

  public let entries: [Entry]
  /// Whether every atom moves freely.
  public var isFull: Bool { entries.isEmpty }

  public init(_ entries: [Entry] = []) { self.entries = entries }

  /// Atoms of these groups keep their places.
  public static func frozen(_ groups: [UInt32]) -> Mobility {
    Mobility(groups.map { Entry(group: $0, velocity: [0, 0, 0]) })
  }

  /// 1 for each mobile component of an atom, 0 for the others.
  @inline(__always)
  func mask(_ groups: UInt32) -> SIMD4<Double> {
    var mask = SIMD4<Double>(repeating: 1)
    for entry in entries where groups & entry.group != 0 { mask *= entry.free }
    return mask
  }

  /// `new` in the mobile components, `old` in the others.
  @inline(__always)
  func blend(_ new: SIMD4<Double>, _ old: SIMD4<Double>, _ groups: UInt32) -> SIMD4<Double> {
    let mask = mask(groups)
    return new * mask + old * (1 - mask)
  }

  /// Gives the prescribed components their velocities. Local.
  func setVelocities(_ atoms: AtomStore) {
    for entry in entries {
      let free = entry.free, prescribed = entry.prescribed
      for i in 0..<atoms.ownedCount where atoms.groups[i] & entry.group != 0 {
        atoms.velocity[i] = atoms.velocity[i] * free + prescribed
      }
    }
  }

  /// The number of mobile components of the owned atoms in each selection. Local.
  func components(of selections: [GroupSelection], _ atoms: AtomStore) -> [Int] {
    var counts = [Int](repeating: 0, count: selections.count)
    for i in 0..<atoms.ownedCount {
      let bits = atoms.groups[i]
      let free = isFull ? 3 : Int(mask(bits).sum()) - 1
      for (s, selection) in selections.enumerated() where selection.contains(bits) { counts[s] += free }
    }
    return counts
  }
}
