import Atomistics
import Diagnostics
import Numerics

extension NetCDFTrajectoryWriter {
  /// For frames with the same atoms and quantities as `frame`. Positions stay where they are unless it has image
  /// counts, without which a position moved into the cell could not be found again in other formats.
  convenience init(into file: OutputFile, likeFrame frame: Configuration) throws {
    let options = Options(
      velocities: frame.velocities != nil, forces: frame.forces != nil, grades: frame.grades != nil,
      wrapped: frame.images != nil)
    try self.init(into: file, atoms: TrajectoryAtoms(frame), options: options)
  }

  /// Appends a configuration, for conversions: a run hands over a `TrajectoryFrame`, which copies nothing.
  ///
  /// Without step or time those of a frame count from 0.
  /// - Throws: as `append(_: TrajectoryFrame)`; `Failure.input` if the atoms are not those of the trajectory, or
  ///   velocities or forces that the options promise are missing.
  public func append(_ configuration: Configuration) throws {
    try requireSameContents(configuration)
    func widened(_ vectors: [Vector3]?) -> [SIMD4<Double>]? { vectors.map { $0.map { SIMD4($0, 0) } } }
    let images = configuration.images.map { $0.map { SIMD4<Int32>($0, 0) } }
    let velocities = options.velocities ? widened(configuration.velocities) : nil
    let forces = options.forces ? widened(configuration.forces) : nil
    try configuration.positions.map { SIMD4($0, 0) }.withUnsafeBufferPointer { positions in
      try withBuffer(images) { images in
        try withBuffer(velocities) { velocities in
          try withBuffer(forces) { forces in
            try withBuffer(options.grades ? configuration.grades : nil) { grades in
              try append(
                TrajectoryFrame(
                  step: configuration.step ?? frameCount, time: configuration.time ?? Double(frameCount),
                  cell: configuration.cell, positions: positions, images: images, velocities: velocities, forces: forces,
                  grades: grades))
            }
          }
        }
      }
    }
  }

  private func requireSameContents(_ configuration: Configuration) throws {
    let what: String
    if configuration.count != atomCount {
      what = "has \(configuration.count) atoms where the first has \(atomCount)"
    } else if configuration.elements != atoms.elements {
      what = "has its elements in another order than the first"
    } else if configuration.ids != atoms.ids {
      what = "has its atom ids in another order than the first"
    } else if options.velocities && configuration.velocities == nil {
      what = "has no velocities"
    } else if options.forces && configuration.forces == nil {
      what = "has no forces"
    } else if options.grades && configuration.grades == nil {
      what = "has no grades"
    } else {
      return
    }
    throw Failure.input(
      "frame \(frameCount + 1) \(what)", at: Place(file: path),
      remedy: "a NetCDF trajectory holds the same atoms and quantities in every frame: write another format")
  }
}

extension Configuration {
  /// [atoms], the column of extrapolation grades.
  fileprivate var grades: [Double]? {
    guard case .real(let values)? = columns.first(where: { $0.name == "grades" && $0.width == 1 })?.values,
      values.count == count
    else { return nil }
    return values
  }
}

private func withBuffer<T>(_ array: [T]?, _ body: (UnsafeBufferPointer<T>?) throws -> Void) rethrows {
  if let array { try array.withUnsafeBufferPointer(body) } else { try body(nil) }
}
