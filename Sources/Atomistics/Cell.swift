import Diagnostics
import Numerics

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Which of the three cell directions are periodic.
public struct Periodicity: Equatable, Sendable {
  public var a, b, c: Bool

  public init(_ a: Bool, _ b: Bool, _ c: Bool) { (self.a, self.b, self.c) = (a, b, c) }

  public static let all = Periodicity(true, true, true)
  public static let none = Periodicity(false, false, false)

  public subscript(axis: Int) -> Bool { axis == 0 ? a : axis == 1 ? b : c }
  public var flags: [Bool] { [a, b, c] }
}

/// A simulation cell as the user gave it: rows are the lattice vectors a, b, c (Å), any right-handed triclinic shape and orientation.
///
/// A non-periodic direction may have a zero row; atoms may lie anywhere along it.
public struct Cell: Equatable, Sendable {
  public var vectors: Matrix3
  public var periodic: Periodicity

  public init(vectors: Matrix3, periodic: Periodicity) {
    self.vectors = vectors
    self.periodic = periodic
  }

  /// A free cluster: no lattice vectors at all.
  public static let none = Cell(vectors: .zero, periodic: .none)

  public var isFullyPeriodic: Bool { periodic == .all }

  /// |det|, Å³; zero if a lattice vector is missing.
  public var volume: Double { abs(vectors.determinant) }

  /// The lattice with zero rows (allowed in non-periodic directions only) replaced by unit vectors orthogonal to the others,
  /// so that it has an inverse.
  public var completed: Matrix3 {
    var full = vectors
    let missing = (0..<3).filter { full[$0] == .zero }
    if missing.count == 3 { return .identity }
    for axis in missing {
      let next = full[(axis + 1) % 3], afterNext = full[(axis + 2) % 3]
      full[axis] = Self.unitOrthogonal(to: next, and: afterNext)
    }
    return full
  }

  /// Right-handed unit vector along next × afterNext; any orthogonal one where those are parallel or missing.
  private static func unitOrthogonal(to next: Vector3, and afterNext: Vector3) -> Vector3 {
    var normal = next.cross(afterNext)
    if normal == .zero {
      let given = next == .zero ? afterNext : next
      // The Cartesian axis least parallel to the given vector cannot be parallel to it.
      let axis = (0..<3).min { abs(given[$0]) < abs(given[$1]) }!
      var unit = Vector3.zero
      unit[axis] = 1
      normal = given.cross(unit)
    }
    return normal / normal.length
  }

  /// Distance between the planes that bound the (completed) cell along each direction, Å.
  public var heights: Vector3 {
    let full = completed, volume = abs(full.determinant)
    return Vector3(
      volume / full.rows.1.cross(full.rows.2).length, volume / full.rows.2.cross(full.rows.0).length,
      volume / full.rows.0.cross(full.rows.1).length)
  }

  /// a, b, c (Å) and α, β, γ (degrees); nil where a vector is missing.
  public var parameters: [Double?] {
    let lengths = (0..<3).map { vectors[$0].length }
    let angles = [(1, 2), (0, 2), (0, 1)].map { i, j -> Double? in
      guard lengths[i] > 0, lengths[j] > 0 else { return nil }
      return acos(max(-1, min(1, vectors[i].dot(vectors[j]) / (lengths[i] * lengths[j])))) * 180 / .pi
    }
    return lengths.map { $0 > 0 ? $0 : nil } + angles
  }

  /// Throws unless the cell can be simulated: finite, a vector in every periodic direction, right-handed, not flat.
  public func validate(at place: Place? = nil) throws {
    guard vectors.elements.allSatisfy(\.isFinite) else {
      throw Failure.input("the cell has a vector that is not finite", at: place)
    }
    for axis in 0..<3 where periodic[axis] && vectors[axis] == .zero {
      throw Failure.input(
        "direction \("abc".map(String.init)[axis]) is periodic but its cell vector is zero", at: place,
        remedy: "give the vector or declare the direction non-periodic")
    }
    let full = completed
    let product = full.rows.0.length * full.rows.1.length * full.rows.2.length
    guard abs(full.determinant) > 1e-6 * product else {
      throw Failure.input(
        "the cell is flat: its vectors lie in one plane", at: place, remedy: "give three independent cell vectors")
    }
    guard full.determinant > 0 else {
      throw Failure.input(
        "the cell is left-handed: a · (b × c) is negative", at: place, remedy: "swap two cell vectors")
    }
  }
}
