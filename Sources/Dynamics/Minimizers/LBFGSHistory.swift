import Decomposition
import Numerics

/// The last steps and the changes of the gradient over them, and the inverse Hessian that they suggest.
///
///     H ← (1 − ρ s yᵀ) H (1 − ρ y sᵀ) + ρ s sᵀ,   ρ = 1/(s·y),   from the oldest pair to the newest, H = P⁻¹ to begin with
///
/// J. Nocedal, Math. Comput. 35, 773 (1980), doi:10.1090/S0025-5718-1980-0572855-7.
final class LBFGSHistory {
  private static let capacity = 8
  private let steps: [RelaxationVector]
  private let changes: [RelaxationVector]
  /// 1/(s·y).
  private var inverseCurvatures = [Double](repeating: 0, count: capacity)
  /// Pairs so far; the oldest are overwritten.
  private var added = 0
  private(set) var count = 0

  init(_ domain: Domain) {
    steps = (0..<Self.capacity).map { _ in RelaxationVector(domain) }
    changes = (0..<Self.capacity).map { _ in RelaxationVector(domain) }
  }

  var isEmpty: Bool { count == 0 }

  func clear() { count = 0 }

  func remove() { for vector in steps + changes { vector.remove() } }

  /// Keeps a step and `new` − `old`, the change of the gradient over it, if the curvature along it is positive.
  /// Returns whether it is. Collective.
  func add(step: RelaxationVector, times scale: Double, from old: RelaxationVector, to new: RelaxationVector) -> Bool {
    let slot = added % Self.capacity, s = steps[slot], y = changes[slot]
    s.assign(scale, step)
    y.assign(1, new)
    y.combine(-1, old, 1)
    let curvature = s.dot(y)
    guard curvature > 0 else { return false }
    inverseCurvatures[slot] = 1 / curvature
    added += 1
    count = min(count + 1, Self.capacity)
    return true
  }

  /// q ← H q by the two loops over the history; `solve` is P⁻¹. Collective.
  func apply(to q: RelaxationVector, _ solve: (RelaxationVector) -> Void) {
    let slots = (added - count..<added).map { $0 % Self.capacity }
    var projections: [Double] = []
    for slot in slots.reversed() {
      let a = inverseCurvatures[slot] * steps[slot].dot(q)
      q.combine(-a, changes[slot], 1)
      projections.append(a)
    }
    solve(q)
    for slot in slots {
      let b = inverseCurvatures[slot] * changes[slot].dot(q)
      q.combine(projections.removeLast() - b, steps[slot], 1)
    }
  }

  /// y·P⁻¹y/(y·s) of the newest pair: how much stiffer the Hessian is than P along the last step. `scratch` is overwritten.
  /// Collective.
  func stiffnessRatio(_ scratch: RelaxationVector, _ solve: (RelaxationVector) -> Void) -> Double {
    let slot = (added - 1) % Self.capacity
    scratch.assign(1, changes[slot])
    solve(scratch)
    return inverseCurvatures[slot] * scratch.dot(changes[slot])
  }

  // MARK: Restart

  static let stateCount = 2 + 19 * capacity

  var state: [Double] {
    [Double(added), Double(count)] + inverseCurvatures + (steps + changes).flatMap(\.strain.elements)
  }

  /// - Parameter state: `stateCount` values.
  func restore(_ state: ArraySlice<Double>) {
    let state = Array(state)
    (added, count) = (Int(state[0]), Int(state[1]))
    inverseCurvatures = Array(state[2..<2 + Self.capacity])
    for (k, vector) in (steps + changes).enumerated() {
      let start = 2 + Self.capacity + 9 * k
      vector.strain = Matrix3(elements: Array(state[start..<start + 9]))
    }
  }

  var fields: [(name: String, field: AtomField)] {
    steps.enumerated().map { ("L-BFGS step \($0)", $1.atoms) }
      + changes.enumerated().map { ("L-BFGS gradient change \($0)", $1.atoms) }
  }
}
