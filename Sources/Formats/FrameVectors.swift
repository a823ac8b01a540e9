import Atomistics
import Numerics

/// Which vectors of a frame's atoms.
public enum VectorQuantity: Sendable {
  /// Å.
  case positions
  /// Å/fs.
  case velocities
}

/// The vectors of all atoms in several frames, without a configuration for each.
public final class FrameVectors {
  public let frameCount: Int
  public let atomCount: Int
  /// [frames][atoms][3].
  public let values: UnsafeMutablePointer<Double>
  /// [frames][atoms][3]: periodic images of positions; nil where no frame counts them.
  public private(set) var images: UnsafeMutablePointer<Double>?
  /// [frames], in which positions are unwrapped by `images`.
  public internal(set) var hasImages: [Bool] = []
  /// [frames].
  public internal(set) var cells: [Cell] = []

  public init(frameCount: Int, atomCount: Int) {
    (self.frameCount, self.atomCount) = (frameCount, atomCount)
    values = .allocate(capacity: max(1, 3 * atomCount * frameCount))
    values.initialize(repeating: 0, count: max(1, 3 * atomCount * frameCount))
  }

  deinit {
    values.deallocate()
    images?.deallocate()
  }

  func makeImages() -> UnsafeMutablePointer<Double> {
    if let images { return images }
    let room = UnsafeMutablePointer<Double>.allocate(capacity: max(1, 3 * atomCount * frameCount))
    room.initialize(repeating: 0, count: max(1, 3 * atomCount * frameCount))
    images = room
    return room
  }

  /// Takes a frame's vectors from its configuration: positions with their images, or velocities, which it must have.
  public func set(_ frame: Int, from configuration: Configuration, _ quantity: VectorQuantity) {
    precondition(configuration.count == atomCount && frame == cells.count)
    cells.append(configuration.cell)
    hasImages.append(quantity == .positions && configuration.images != nil)
    let start = 3 * atomCount * frame
    let vectors = quantity == .positions ? configuration.positions : configuration.velocities!
    for (atom, vector) in vectors.enumerated() {
      for axis in 0..<3 { values[start + 3 * atom + axis] = vector[axis] }
    }
    guard quantity == .positions, let counts = configuration.images else { return }
    let room = makeImages()
    for (atom, count) in counts.enumerated() {
      for axis in 0..<3 { room[start + 3 * atom + axis] = Double(count[axis]) }
    }
  }
}
