import Atomistics
import Numerics

/// The coordinates of all atoms along one axis of the cell, in parts of it, followed from frame to frame.
///
/// A coordinate is that of the position itself plus the whole number of borders passed: nothing is lost over long times.
struct AxisWalk {
  /// [atoms], unwrapped since the first frame of this walk.
  private(set) var places: [Double] = []
  /// The largest part of the cell that an atom moved from one frame to the next.
  private(set) var largestStep = 0.0
  private let axis: Int
  /// [atoms], in parts of the cell, as the frame has them, and the borders passed.
  private var previous: [Double] = []
  private var borders: [Double] = []

  init(axis: Int) { self.axis = axis }

  /// Takes the next frame.
  mutating func advance(to frame: Configuration) {
    let inverse = frame.cell.completed.inverse.transpose[axis]
    let isFirst = previous.isEmpty, images = frame.images
    if isFirst {
      previous = [Double](repeating: 0, count: frame.count)
      (borders, places) = (previous, previous)
    }
    let wraps = frame.cell.periodic[axis] && images == nil && !isFirst
    var largest = largestStep
    for atom in frame.positions.indices {
      let p = frame.positions[atom]
      var part = p.x * inverse.x + p.y * inverse.y + p.z * inverse.z
      if let images { part += Double(images[atom][axis]) }
      if wraps {
        let step = part - previous[atom], jump = step.rounded(.toNearestOrEven)
        borders[atom] -= jump
        largest = max(largest, abs(step - jump))
      }
      previous[atom] = part
      places[atom] = part + borders[atom]
    }
    largestStep = largest
  }

  /// Subtracts the same from all places of this frame.
  mutating func shift(by amount: Double) {
    for atom in places.indices { places[atom] -= amount }
  }
}
