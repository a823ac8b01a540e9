import Atomistics
import Numerics

/// A frame's cell as it travels between ranks.
struct FrameCell: BitwiseCopyable {
  let vectors: Matrix3
  let inverse: Matrix3
  /// 1 along periodic directions, where nothing counts the images already.
  let wraps: Vector3
  /// Å³.
  let volume: Double

  init(_ cell: Cell, hasImages: Bool) {
    vectors = cell.completed
    inverse = vectors.inverse
    volume = cell.volume
    wraps =
      hasImages ? .zero : Vector3(cell.periodic.a ? 1 : 0, cell.periodic.b ? 1 : 0, cell.periodic.c ? 1 : 0)
  }
}

/// Sums displacements of some atoms from frame to frame.
struct Unwrapper {
  var previousCell: FrameCell?
  private(set) var largestStep = 0.0
  private var fractional: [Vector3]
  private var total: [Vector3]
  /// Cells that each atom has left behind, along a, b, c.
  private var images: [Vector3]

  init(atomCount: Int) {
    fractional = [Vector3](repeating: .zero, count: atomCount)
    total = fractional
    images = fractional
  }

  /// Since the first frame, Å.
  mutating func displacement(of k: Int, at position: Vector3, in cell: FrameCell) -> Vector3 {
    if let previousCell {
      var step = position - fractional[k]
      step -= cell.wraps * nearestIntegers(step)
      largestStep = max(largestStep, largestComponent(cell.wraps * step))
      total[k] += step * (0.5 * (previousCell.vectors + cell.vectors))
    }
    fractional[k] = position
    return total[k]
  }

  /// In parts of the cell vectors; exact but for the rounding of the position itself.
  mutating func coordinates(of k: Int, at position: Vector3, in cell: FrameCell) -> Vector3 {
    if previousCell != nil {
      let step = position - fractional[k], jump = cell.wraps * nearestIntegers(step)
      images[k] -= jump
      largestStep = max(largestStep, largestComponent(cell.wraps * (step - jump)))
    }
    fractional[k] = position
    return position + images[k]
  }
}

// One component after the other: over a SIMD3 as a whole these are calls, not instructions.

@inline(__always)
private func nearestIntegers(_ v: Vector3) -> Vector3 {
  Vector3(v.x.rounded(.toNearestOrEven), v.y.rounded(.toNearestOrEven), v.z.rounded(.toNearestOrEven))
}

@inline(__always)
private func largestComponent(_ v: Vector3) -> Double { max(max(abs(v.x), abs(v.y)), abs(v.z)) }
