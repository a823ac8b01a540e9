import Atomistics
import Numerics

/// Why a monitor stops a run.
struct Breach {
  /// Which atoms are to blame.
  enum Atoms {
    case none
    /// Those with a force above it, eV/Å.
    case forces(above: Double)
    /// The worst first.
    case listed([Int64])
    /// Those with a position, a velocity or a force that is not a number.
    case notFinite
  }

  /// "the monitor of extrapolation: grade 12.31 of atom 17 is above 10.0"
  var sentence: String
  var atoms = Atoms.none

  /// Of several monitors that list atoms at the same step; nil without any.
  static func joined(_ breaches: [Breach]) -> Breach? {
    guard !breaches.isEmpty else { return nil }
    var ids: [Int64] = []
    for case .listed(let more) in breaches.map(\.atoms) { ids += more.filter { !ids.contains($0) } }
    return Breach(sentence: breaches.map(\.sentence).joined(separator: "; and by "), atoms: .listed(ids))
  }

  /// One line an atom: id, element, grade, position; the worst first.
  /// - Parameter frame: the breaking configuration, with what `atoms` needs.
  func lines(_ frame: Configuration) -> [String] {
    let grades: [Double]? =
      if case .real(let values)? = frame.columns.first(where: { $0.name == "grades" })?.values { values } else { nil }
    func id(_ i: Int) -> Int64 { frame.ids?[i] ?? Int64(i + 1) }
    let size = { (v: Vector3) in (v * v).sum().squareRoot() }
    var blamed: [Int]
    switch atoms {
    case .none: return []
    case .forces(let bound):
      blamed = frame.positions.indices.filter { !(size(frame.forces?[$0] ?? .zero) <= bound) }
      blamed.sort { (size(frame.forces?[$0] ?? .zero), $1) > (size(frame.forces?[$1] ?? .zero), $0) }
    case .listed(let ids):
      let places = Dictionary(frame.positions.indices.map { (id($0), $0) }, uniquingKeysWith: { first, _ in first })
      blamed = ids.compactMap { places[$0] }
    case .notFinite:
      blamed = frame.positions.indices.filter { i in
        !(frame.positions[i] + (frame.velocities?[i] ?? .zero) + (frame.forces?[i] ?? .zero)).sum().isFinite
      }
    }
    let shown = blamed.prefix(Self.most).map { i in
      let p = frame.positions[i], place = "(\(decimal(p.x, 4)), \(decimal(p.y, 4)), \(decimal(p.z, 4))) Å"
      let force = frame.forces.map { ", force \(decimal(size($0[i]), 4)) eV/Å" } ?? ""
      return "  atom \(id(i)) (\(frame.elements[i])) at \(place)" + (grades.map { ", grade \(decimal($0[i], 4))" } ?? "") + force
    }
    return shown + (blamed.count > Self.most ? ["  and \(blamed.count - Self.most) more: see breaking.extxyz"] : [])
  }

  private static let most = 20
}
