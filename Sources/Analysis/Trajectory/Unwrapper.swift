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

/// Follows some atoms from frame to frame across the faces of the cell.
struct Unwrapper {
  private(set) var largestStep = 0.0
  private var previousCell: FrameCell?
  private var fractional: [Vector3]
  private var total: [Vector3]
  /// Cells that each atom has left behind, along a, b, c.
  private var images: [Vector3]

  init(atomCount: Int) {
    fractional = [Vector3](repeating: .zero, count: atomCount)
    total = fractional
    images = fractional
  }

  /// What lies between a frame and the one before.
  struct Step {
    /// The mean of both cells; zero for the first frame, before which nothing moved.
    let cell: Matrix3
    /// 1 along directions in which atoms come back on the other side; 0 for the first frame.
    let wraps: Vector3
  }

  /// Some frames of one atom: fractional positions, and where its series goes.
  struct Run {
    let values: UnsafePointer<Double>
    let stride: Int
    let count: Int
    let series: UnsafeMutablePointer<Double>
    let seriesStride: Int

    @inline(__always) func value(_ frame: Int) -> Vector3 {
      let place = values + frame * stride
      return Vector3(place[0], place[1], place[2])
    }

    @inline(__always) func set(_ frame: Int, _ vector: Vector3) {
      series[frame] = vector.x
      series[frame + seriesStride] = vector.y
      series[frame + 2 * seriesStride] = vector.z
    }

    func copy() {
      for frame in 0..<count { set(frame, value(frame)) }
    }
  }

  /// The steps up to each of the next frames.
  mutating func steps(to cells: [FrameCell]) -> [Step] {
    cells.map { cell in
      defer { previousCell = cell }
      guard let previousCell else { return Step(cell: .zero, wraps: .zero) }
      return Step(cell: 0.5 * (previousCell.vectors + cell.vectors), wraps: cell.wraps)
    }
  }

  /// Displacements since the first frame, Å.
  mutating func addDisplacements(of k: Int, _ run: Run, _ steps: ArraySlice<Step>) {
    var position = fractional[k], sum = total[k], largest = Vector3(repeating: largestStep)
    var frame = 0
    for step in steps {
      let next = run.value(frame)
      var move = next - position
      move -= step.wraps * move.rounded(.toNearestOrAwayFromZero)
      let part = step.wraps * move
      largest.replace(with: part, where: part .> largest)
      largest.replace(with: -part, where: -part .> largest)
      sum += move.x * step.cell.rows.0 + move.y * step.cell.rows.1 + move.z * step.cell.rows.2
      run.set(frame, sum)
      position = next
      frame += 1
    }
    (fractional[k], total[k], largestStep) = (position, sum, largest.max())
  }

  /// In parts of the cell vectors; exact but for the rounding of the position itself.
  mutating func addCoordinates(of k: Int, _ run: Run, _ steps: ArraySlice<Step>) {
    var position = fractional[k], left = images[k], largest = Vector3(repeating: largestStep)
    var frame = 0
    for step in steps {
      let next = run.value(frame), move = next - position
      let jump = step.wraps * move.rounded(.toNearestOrAwayFromZero), rest = step.wraps * (move - jump)
      left -= jump
      largest.replace(with: rest, where: rest .> largest)
      largest.replace(with: -rest, where: -rest .> largest)
      run.set(frame, next + left)
      position = next
      frame += 1
    }
    (fractional[k], images[k], largestStep) = (position, left, largest.max())
  }
}
