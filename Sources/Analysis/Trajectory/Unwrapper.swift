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
  /// Å², of the faces that a, b and c pierce.
  let areas: Vector3

  init(_ cell: Cell, hasImages: Bool) {
    vectors = cell.completed
    inverse = vectors.inverse
    volume = cell.volume
    areas = vectors.determinant / cell.heights
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
      step -= cell.wraps * step.rounded(.toNearestOrAwayFromZero)
      largestStep = max(largestStep, pointwiseMax(cell.wraps * step, -cell.wraps * step).max())
      total[k] += step * (0.5 * (previousCell.vectors + cell.vectors))
    }
    fractional[k] = position
    return total[k]
  }

  /// In parts of the cell vectors; exact but for the rounding of the position itself.
  mutating func coordinates(of k: Int, at position: Vector3, in cell: FrameCell) -> Vector3 {
    if previousCell != nil {
      let step = position - fractional[k], jump = cell.wraps * step.rounded(.toNearestOrAwayFromZero)
      images[k] -= jump
      let rest = cell.wraps * (step - jump)
      largestStep = max(largestStep, pointwiseMax(rest, -rest).max())
    }
    fractional[k] = position
    return position + images[k]
  }
}
