import Atomistics

/// One frame on its way to a trajectory file: a view of the engine's arrays, in the order of the atoms' ids; nothing is
/// copied.
///
/// The buffers must live until the writer returns. The fourth lanes are ignored.
public struct TrajectoryFrame {
  public var step: Int
  /// fs.
  public var time: Double
  public var cell: Cell
  /// [atoms], Å; unwrapped position = position + image · cell.
  public var positions: UnsafeBufferPointer<SIMD4<Double>>
  /// [atoms], cells wrapped so far along a, b, c; nil: none.
  public var images: UnsafeBufferPointer<SIMD4<Int32>>?
  /// [atoms], Å/fs.
  public var velocities: UnsafeBufferPointer<SIMD4<Double>>?
  /// [atoms], eV/Å.
  public var forces: UnsafeBufferPointer<SIMD4<Double>>?
  /// [atoms], extrapolation grades.
  public var grades: UnsafeBufferPointer<Double>?

  public init(
    step: Int, time: Double, cell: Cell, positions: UnsafeBufferPointer<SIMD4<Double>>,
    images: UnsafeBufferPointer<SIMD4<Int32>>? = nil, velocities: UnsafeBufferPointer<SIMD4<Double>>? = nil,
    forces: UnsafeBufferPointer<SIMD4<Double>>? = nil, grades: UnsafeBufferPointer<Double>? = nil
  ) {
    self.step = step
    self.time = time
    self.cell = cell
    self.positions = positions
    self.images = images
    self.velocities = velocities
    self.forces = forces
    self.grades = grades
  }
}

/// What a trajectory says of its atoms once for all frames, in the order of their ids.
public struct TrajectoryAtoms: Sendable {
  public var elements: [Element]
  /// [atoms], amu.
  public var masses: [Double]
  /// [atoms]; nil: 1 to N.
  public var ids: [Int64]?

  /// - Parameter masses: nil: the elements' standard weights.
  public init(elements: [Element], masses: [Double]? = nil, ids: [Int64]? = nil) {
    precondition(masses.map { $0.count == elements.count } ?? true)
    precondition(ids.map { $0.count == elements.count } ?? true)
    self.elements = elements
    self.masses = masses ?? elements.map(\.mass)
    self.ids = ids
  }

  public init(_ configuration: Configuration) {
    self.init(elements: configuration.elements, masses: configuration.masses, ids: configuration.ids)
  }

  public var count: Int { elements.count }
}
